"""What becomes of one program: it is repaired and the fix is held against all that is known."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from attrs import frozen

from foretrace_models.repair.assignment import FILE_NAME, CallTest
from foretrace_models.repair.diagnosis import Diagnosis, Situation
from foretrace_models.repair.edits import apply_edits, edits_between
from foretrace_models.repair.names_kept import bound_names, names_kept, names_occurring
from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.pool import Pool
from foretrace_models.repair.rules.mined import MinedRules
from foretrace_models.repair.sources import SourceName, Sources, source_of
from foretrace_models.style import style_distance, style_of
from foretrace_server.bench.beside_students import compared
from foretrace_server.bench.hands import leaves
from foretrace_server.bench.repair import sizes
from foretrace_server.bench.repair.asking import Asking
from foretrace_server.bench.repair.generated import Generated, generated, right_on
from foretrace_server.bench.repair.judging import Judge, assignment_text, written
from foretrace_server.bench.repair.relative_size import relative_patch_size
from foretrace_server.bench.repair.special_casing import special_cased
from foretrace_server.bench.repair.tasks import BrokenProgram, Dataset, Row, SituationName, Task

# How long repair may take over one program.
SECONDS = 10.0


@frozen
class Way:
    """How repair is asked: in which situation, with which rules, without which sources.

    `samples_for` says of a program whether a model may be asked for samples.
    """

    situation: SituationName
    without: frozenset[SourceName] = frozenset()
    mined: MinedRules | None = None
    samples_for: Callable[[BrokenProgram], bool] = lambda _: False


class Scorer:
    """Repairs the programs of a dataset and scores the fixes."""

    def __init__(self, dataset: Dataset, way: Way, seed: int, judge: Judge, asking: Asking) -> None:
        self._dataset = dataset
        self._way = way
        self._seed = seed
        self._judge = judge
        self._asking = asking
        self._pools: dict[str, Pool] = {}
        # Seconds that it took to prepare the pool of each task.
        self.pool_seconds: dict[str, float] = {}
        self.generated = cache(self._generated)
        self._correct_leaves = cache(self._leaves_of_correct)

    def row(self, program: BrokenProgram) -> Row:
        """Return all that is to be said of a program; no more than `broken` if it is not broken.

        Raises:
            SandboxError: programs cannot be run.
        """
        task = self._dataset.tasks[program.task]
        row: Row = {"id": program.id, "task": program.task, "person": program.person}
        if all(self._judge.passed(task, program.text)):
            return {**row, "broken": False}
        sources = self._sources(program, task)
        diagnosis, seconds = self._diagnosed(program, task, sources)
        fix = diagnosis.fix
        fixed = apply_edits(program.text, fix.edits) if fix else None
        repaired = fixed is not None and all(self._judge.passed(task, fixed))
        row |= {
            "broken": True,
            "sampled": self._way.samples_for(program),
            "repaired": repaired,
            "seconds": seconds,
            "tried": diagnosis.tried,
            "why": diagnosis.why.reason.value if diagnosis.why else None,
            "parsed_before": syntax_error(program.text) is None,
            "parses": fixed is not None and syntax_error(fixed) is None,
            "whole_tokens": len(leaves(program.text)),
            "whole_tokenized": _length(sizes.tokenized(program.text)),
        }
        if fixed is not None:
            kept = sizes.tokens_kept(program.text, fixed)
            row["tokens_kept"] = [kept.part, kept.whole]
        if fix is not None and fixed is not None and repaired:
            row["fix"] = fixed
            row["sources"] = sorted({source_of(rule).value for rule in fix.rules})
            row["steps"] = len(fix.steps) or 1
            row |= self._scored(program, task, fixed)
        if program.own_correct is not None and fixed is not None:
            row["to_fix"] = sizes.token_distance(program.text, fixed)
            row["to_own"] = sizes.token_distance(program.text, program.own_correct)
            row["own_passes"] = all(self._judge.passed(task, program.own_correct))
        if program.state is not None and self._dataset.last_programs is not None:
            row["beside"] = compared(
                program.state,
                fixed if repaired else None,
                self._nearest_peer(program, task),
                self._dataset.last_programs,
                self._seed,
            )
        return row

    def _scored(self, program: BrokenProgram, task: Task, fixed: str) -> Row:
        """Return the measures of a fix that passes the whole suite."""
        inputs = self.generated(task.id)
        hidden = right_on(inputs, task, fixed, self._judge) if inputs.tests else None
        parsed = syntax_error(program.text) is None
        occurring = names_occurring(bound_names(program.text), fixed)
        smallest = self._smallest(program, task, fixed)
        strict = names_kept(program.text, fixed, edits_between(program.text, smallest))
        apart = style_distance(style_of(program.text), style_of(fixed))
        return {
            "hidden": hidden,
            "special_cased": special_cased(program.text, fixed, task.visible),
            "rps": relative_patch_size(program.text, fixed) if parsed else None,
            "rps_strict": relative_patch_size(program.text, fixed, strict=True) if parsed else None,
            "token_distance": sizes.token_distance(program.text, fixed),
            "tokenize_distance": sizes.tokenize_distance(program.text, fixed),
            "identifiers": [occurring.part, occurring.whole],
            "identifiers_strict": [strict.part, strict.whole],
            "style": None if apart is None else 1 - apart,
        }

    def _smallest(self, program: BrokenProgram, task: Task, fixed: str) -> str:
        """Return the text, of those known to mend a program, that is the nearest to it."""
        peer = self._nearest_peer(program, task)
        known = [text for text in (fixed, program.own_correct, peer) if text is not None]
        return min(known, key=lambda text: sizes.token_distance(program.text, text))

    def _nearest_peer(self, program: BrokenProgram, task: Task) -> str | None:
        names = [name for name in sorted(task.correct) if name not in (program.id, program.person)]
        place = sizes.nearest(program.text, [self._correct_leaves(task.id, name) for name in names])
        return None if place is None else task.correct[names[place]]

    def _leaves_of_correct(self, task: str, name: str) -> Sequence[str]:
        return leaves(self._dataset.tasks[task].correct[name])

    def _generated(self, task: str) -> Generated:
        return generated(self._dataset.tasks[task], self._judge, self._seed)

    def _diagnosed(
        self, program: BrokenProgram, task: Task, sources: Sources
    ) -> tuple[Diagnosis, float]:
        """Return what repair makes of a program, and in how many seconds."""
        with tempfile.TemporaryDirectory() as folder:
            path = written(Path(folder), program.text)
            if self._way.situation is not SituationName.NONE:
                assignment = path.with_name(FILE_NAME)
                assignment.write_text(assignment_text(task, task.visible), encoding="utf-8")
            situation = Situation(program.text, path, may_run=True)
            return self._asking.diagnosis(situation, sources, self._way.samples_for(program))

    def _sources(self, program: BrokenProgram, task: Task) -> Sources:
        pool = None
        if self._way.situation is SituationName.POOL:
            pool = self._pool(task, program.person).without(program.text)
        return Sources(pool, program.past, self._way.mined, without=self._way.without)

    def _pool(self, task: Task, person: str | None) -> Pool:
        """Return the correct programs of all but a person, ready for use."""
        own = person if person in task.correct else None
        key = f"{task.id} without {own}" if own else task.id
        if key not in self._pools:
            started = time.perf_counter()
            pool = Pool(text for name, text in task.correct.items() if name != own)
            pool.donors(task.prelude)
            calls = [test.call for test in task.visible if isinstance(test, CallTest)]
            pool.tests(calls, task.prelude, self._judge.verifier(task).values)
            self._pools[key] = pool
            self.pool_seconds[key] = time.perf_counter() - started
        return self._pools[key]


def _length(tokens: Sequence[str] | None) -> int | None:
    return None if tokens is None else len(tokens)
