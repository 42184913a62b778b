"""What donors give: the fewest of the patches towards one of them that mend a program."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from foretrace_models.repair.checks import CallCheck, Check, Outcome
from foretrace_models.repair.donors.changes import Added, Patch, compatible, render, size, words_of
from foretrace_models.repair.donors.differences import differences
from foretrace_models.repair.donors.listing import Listing
from foretrace_models.repair.donors.spacing import Spacing
from foretrace_models.repair.donors.units import Units, names_in
from foretrace_models.repair.edits import distance
from foretrace_models.repair.search import Found
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.verify import Tryout, Verdict, Verifier

RULE = "donor"
# So often a change that fails a check which was not tried is given up for another one.
_ROUNDS = 4
_DONORS = 30
# So many combinations of whole donors are tried.
_MOST_WHOLE = 128
_LARGEST_PART = 3
_HELPING = 16
# In tokens.
_LOST_NAME = 3.0
_MOST_MIXED = 256
_BATCH = 64


def given(
    text: str,
    donors: Sequence[Units],
    prelude: str,
    verifier: Verifier,
    baseline: Verdict,
    acceptable: Callable[[str], bool],
    out_of_time: Callable[[], bool],
) -> Found | None:
    """Return the smallest change towards donors that mends a program, or None if none does.

    Each function that tests call takes from a donor of its own, if it is at fault.

    Raises:
        SandboxError: the sandbox is gone.
    """
    tryout = verifier.tryout(baseline)
    giving = _Giving(
        text, entries_of(verifier.checks), donors, names_in(prelude), tryout, out_of_time
    )
    for _ in range(_ROUNDS):
        fixed = giving.fixed()
        if fixed is None or not acceptable(fixed):
            return None
        outcomes = verifier.verify(fixed).outcomes
        missed = [
            check
            for check, outcome in zip(verifier.checks, outcomes, strict=True)
            if outcome is not Outcome.PASSED
        ]
        if not missed:
            break
        tryout.heed(missed)
    else:
        return None
    size_ = distance(
        [token.text for token in tokens(text)], [token.text for token in tokens(fixed)]
    )
    return Found(fixed, (RULE,), 0.0, size_)


def entries_of(checks: Sequence[Check]) -> tuple[str, ...]:
    """Return the functions that checks call; an empty name if they only run the program."""
    found: list[str] = []
    for check in checks:
        if isinstance(check, CallCheck):
            found += (
                node.func.id
                for node in ast.walk(ast.parse(check.test.call, mode="eval"))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            )
    return tuple(dict.fromkeys(found)) or ("",)


class _Giving:
    def __init__(
        self,
        text: str,
        entries: Sequence[str],
        donors: Sequence[Units],
        known: frozenset[str],
        tryout: Tryout,
        out_of_time: Callable[[], bool],
    ) -> None:
        self._listing = Listing(text)
        self._spacing = Spacing.of(self._listing)
        units = Units(self._listing, known)
        # What is called and no donor has is not theirs to give.
        self._entries = tuple(e for e in entries if any(e in donor.functions for donor in donors))
        self._units = {entry: units.unit(entry, self._entries) for entry in self._entries}
        self._tryout = tryout
        functions = units.functions.values()
        own = {
            name for function in functions for name, how in function.own.items() if how != "nothing"
        }
        self._names = own | units.functions.keys() - {""}
        self._out_of_time = out_of_time
        self._towards = {entry: self._nearest(entry, donors) for entry in self._entries}
        # What is known of texts that were tried.
        self._passes: dict[str, bool] = {}

    def fixed(self) -> str | None:
        """Mend all with near donors; then find out what is at fault, and take only as much."""
        self._passes.clear()  # there may be more checks to heed than the last time
        found = self._whole()
        if found is None:
            return None
        for entry in self._entries:
            rest = _flat({name: patches for name, patches in found.items() if name != entry})
            if len(self._entries) > 1 and self._that_pass([()], rest):
                found[entry] = ()
            else:
                found[entry] = self._least(entry, rest, found[entry])
        return self._render(_flat(found))

    def _nearest(self, entry: str, donors: Sequence[Units]) -> list[tuple[Patch, ...]]:
        """Return all patches towards each of the nearest donors of a function."""
        own = self._units[entry]
        words = own.canonical_words if own else ()
        found = []
        for donor in donors:
            unit = donor.unit(entry, self._entries)
            if unit is not None:
                apart = Levenshtein.distance(words, unit.canonical_words)
                found.append((apart, donor.listing.text, unit))
        found.sort(key=lambda each: each[0])
        return [
            tuple(differences(self._listing, self._spacing, own, donor_text, unit))
            for _, donor_text, unit in found[:_DONORS]
        ]

    def _whole(self) -> dict[str, tuple[Patch, ...]] | None:
        """Return patches towards near donors that together mend the program."""
        each_has = int(_MOST_WHOLE ** (1 / max(1, len(self._entries))))
        options = [self._towards[entry][:each_has] for entry in self._entries]
        # First the nearest of each, then one of them another one.
        choices = sorted(itertools.product(*(range(len(each)) for each in options)), key=sum)
        for first in range(0, len(choices), _BATCH):
            picked = [
                [each[n] for each, n in zip(options, choice, strict=True)]
                for choice in choices[first : first + _BATCH]
            ]
            flat = [tuple(itertools.chain(*each)) for each in picked]
            passing = self._that_pass(flat, ())
            if passing:
                best = picked[flat.index(passing[0])]
                return dict(zip(self._entries, best, strict=True))
            if self._out_of_time():
                break
        return None

    def _least(
        self, entry: str, rest: tuple[Patch, ...], best: tuple[Patch, ...]
    ) -> tuple[Patch, ...]:
        """Return the smallest patches of one unit that mend the program, with those of the rest."""
        towards = self._towards[entry]
        whole = dict.fromkeys((best, *self._that_pass(towards, rest)))
        best = min(self._minimal(list(whole), rest), key=self._weight)
        best = min([best, *self._mixed(towards, rest, self._weight(best))], key=self._weight)
        single = tuple((change,) for patch in best for change in patch)
        return self._minimal([single], rest)[0] if len(single) > len(best) else best

    def _weight(self, patches: tuple[Patch, ...]) -> float:
        """Return how much some patches change: tokens, and more for names that are lost."""
        tokens_ = size(patches)
        if all(isinstance(change, Added) for patch in patches for change in patch):
            return tokens_
        kept = set(words_of(self._listing, patches))
        return tokens_ + _LOST_NAME * len(self._names - kept)

    def _mixed(
        self, towards: Sequence[tuple[Patch, ...]], rest: tuple[Patch, ...], below: float
    ) -> list[tuple[Patch, ...]]:
        """Return parts that mend the program and take from several donors.

        Made of those patches of any donor that help on their own.
        """
        distinct = dict.fromkeys(itertools.chain.from_iterable(towards))
        single = [patch for patch in distinct if size((patch,)) < below]
        credits_ = self._tryout.credits([self._render((patch, *rest)) for patch in single])
        helping = sorted(
            (-credit, size((patch,)), number)
            for number, (patch, credit) in enumerate(zip(single, credits_, strict=True))
            if credit > 0
        )
        best = [single[number] for *_, number in helping[:_HELPING]]
        parts = {part: tokens for part, tokens in _parts(tuple(best), below) if compatible(part)}
        smallest = sorted(parts, key=parts.__getitem__)[:_MOST_MIXED]
        return self._that_pass(smallest, rest)

    def _that_pass(
        self, options: Sequence[tuple[Patch, ...]], rest: tuple[Patch, ...]
    ) -> list[tuple[Patch, ...]]:
        texts = [self._render((*option, *rest)) for option in options]
        new = [text for text in dict.fromkeys(texts) if text not in self._passes]
        self._passes.update(zip(new, self._tryout.passing(new), strict=True))
        return [option for option, text in zip(options, texts, strict=True) if self._passes[text]]

    def _minimal(
        self, options: Sequence[tuple[Patch, ...]], rest: tuple[Patch, ...]
    ) -> list[tuple[Patch, ...]]:
        """Return of some patches parts that still mend the program, with none to spare.

        All are worked on at once: programs that are tried together cost less. What cannot become
        smaller than another one that is done is given up.
        """
        done: list[tuple[Patch, ...]] = []
        left = list(options)
        while left and not self._out_of_time():
            smaller = [list(_less_one(patches)) for patches in left]
            passing = set(self._that_pass(list(itertools.chain(*smaller)), rest))
            bold: list[tuple[Patch, ...]] = []
            careful: list[tuple[Patch, ...]] = []
            for patches, parts in zip(left, smaller, strict=True):
                good = [part for part in parts if part in passing]
                if not good:
                    done.append(patches)
                    continue
                careful.append(min(good, key=size))
                # What can be spared alone may be spared together.
                kept = [set(part) for part in good]
                bold.append(tuple(p for p in patches if all(p in part for part in kept)))
            spared = set(self._that_pass([part for part in bold if part], rest))
            # What is left then could not be spared alone.
            done += spared
            least = min(map(self._weight, done), default=math.inf)
            left = [
                one
                for one, needed in zip(careful, bold, strict=True)
                if needed not in spared and size(needed) < least
            ]
        return done or left

    def _render(self, patches: tuple[Patch, ...]) -> str:
        return render(self._listing, patches)


def _less_one(patches: tuple[Patch, ...]) -> Iterator[tuple[Patch, ...]]:
    if len(patches) > 1:
        for number in range(len(patches)):
            yield patches[:number] + patches[number + 1 :]


def _parts(patches: tuple[Patch, ...], below: float) -> Iterator[tuple[tuple[Patch, ...], float]]:
    """Yield the small parts of some patches, with their sizes."""
    for count in range(1, _LARGEST_PART + 1):
        for part in itertools.combinations(patches, count):
            if (tokens := size(part)) < below:
                yield part, tokens


def _flat(given: dict[str, tuple[Patch, ...]]) -> tuple[Patch, ...]:
    return tuple(itertools.chain.from_iterable(given.values()))
