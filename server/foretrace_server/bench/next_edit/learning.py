"""Learning from samples: how often patterns are right, and what makes a place likely.

Places are learned with scikit-learn.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from foretrace_models.learned.fitting import INSTALL, NoFittingError
from foretrace_models.next_edit.engine import judged, place_of
from foretrace_models.next_edit.knowledge import Counts, Knowledge
from foretrace_models.next_edit.places import Features, featured
from foretrace_models.next_edit.proposal import Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_server.bench.next_edit.judging import is_right
from foretrace_server.bench.next_edit.samples import Sample

_PATTERN = "pattern"
# Between fitting closely and weights near 0, as scikit-learn counts it; its own default.
_LOOSENESS = 1.0


@frozen
class Made:
    """A proposal that no filter refused, the line that it begins at, and whether it was right."""

    proposal: Proposal
    line: int
    right: bool


@frozen
class Lesson:
    """What a sample teaches: its proposals, and the lines that came into question.

    There are no lines where the order of changes is not known.
    """

    dataset: str
    person: str
    made: tuple[Made, ...]
    lines: tuple[tuple[int, Features], ...]
    place: int


def lesson_of(sample: Sample) -> Lesson:
    """Return what a sample teaches."""
    scene = Scene(sample.moment)
    made = tuple(
        Made(
            proposal,
            place_of(scene, proposal),
            is_right(sample.moment.text, proposal.edits, sample.texts),
        )
        for proposal, refused in judged(scene)
        if refused is None
    )
    lines = featured(scene, {each.line: 0.0 for each in made}) if sample.is_ordered else []
    return Lesson(sample.dataset, sample.person, made, tuple(lines), sample.place)


def counted(lessons: Iterable[Lesson]) -> Knowledge:
    """Return how often the proposals of lessons were right, by pattern and grade."""
    counts: dict[str, dict[str, Counts]] = defaultdict(dict)
    for lesson in lessons:
        for each in lesson.made:
            grades = counts[each.proposal.pattern.value]
            before = grades.get(each.proposal.grade, Counts(0, 0))
            grades[each.proposal.grade] = Counts(before.right + each.right, before.offered + 1)
    return Knowledge({pattern: dict(sorted(counts[pattern].items())) for pattern in sorted(counts)})


def weighed(known: Knowledge, lessons: Sequence[Lesson]) -> Knowledge:
    """Return what is known with the weights of places that lessons lead to.

    Each data set counts as much as any other: people work in its ways, of which each has its own.

    Raises:
        NoFittingError: scikit-learn is missing, or no lesson knows the place.
    """
    try:
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise NoFittingError(f"{error}; {INSTALL}") from error
    rows: list[Features] = []
    labels: list[bool] = []
    datasets: list[str] = []
    for lesson in lessons:
        targets: dict[int, float] = {}
        for each in lesson.made:
            sure = known.confidence(each.proposal)
            targets[each.line] = max(sure, targets.get(each.line, 0.0))
        for line, features in lesson.lines:
            rows.append({**features, **({_PATTERN: targets[line]} if line in targets else {})})
            labels.append(line == lesson.place)
            datasets.append(lesson.dataset)
    if len(set(labels)) < 2:
        raise NoFittingError("too few changes whose order is known to learn places from")
    vectors = DictVectorizer()
    model = LogisticRegression(C=_LOOSENESS, max_iter=1000)
    sizes = Counter(datasets)
    shares = [len(rows) / len(sizes) / sizes[dataset] for dataset in datasets]
    model.fit(vectors.fit_transform(rows), labels, sample_weight=shares)
    names = [str(name) for name in vectors.get_feature_names_out()]
    weights = {
        name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)
    }
    return evolve(known, weights=weights, bias=round(float(model.intercept_[0]), 4))
