"""From a program that does not parse to ones that do, by the fewest and likeliest changes."""

from __future__ import annotations

import heapq
import itertools
import warnings
from collections.abc import Callable

from attrs import define, evolve, field, frozen
from rapidfuzz.distance import Indel

from foretrace_models.repair.edits import OverlapError, apply_edits
from foretrace_models.repair.excerpt import around
from foretrace_models.repair.plausible import oddity_bits
from foretrace_models.repair.rules.syntax import candidates
from foretrace_models.repair.tokens import tokens

_MOST_CHANGES = 8
_MOST_FOUND = 8
_MOST_LOOKED_AT = 60
# Alternatives are looked for a little longer than it took to find the first.
_MOST_EXPANDED = 400
_MORE_EXPANDED = 24
# In bits. What is found later is never much likelier than what was found first.
_MARGIN = 4.0
_NO_PROGRESS = 1.5
_MENDED_GAIN = 1.2
_COST_OF_LOST_WORD = 0.7
_COST_OF_LOST_SIGN = 0.2


@frozen
class Parsed:
    """A text that parses, the rules that led to it, and how far-fetched they are."""

    text: str
    rules: tuple[str, ...]
    cost: float


@define(order=True)
class _Attempt:
    priority: float
    number: int
    text: str = field(eq=False)
    rules: tuple[str, ...] = field(eq=False)
    cost: float = field(eq=False)
    error: SyntaxError = field(eq=False)
    mended: int = field(default=0, eq=False)


def syntax_error(text: str) -> SyntaxError | None:
    """Return what is wrong with the syntax of a program, or None if nothing is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<program>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except UnicodeEncodeError as error:
        # An editor that counts columns otherwise than it says puts signs into the midst of others.
        line = text.count("\n", 0, error.start) + 1
        return SyntaxError("half a character", ("<program>", line, None, None))
    except ValueError as error:
        return SyntaxError(str(error))
    except (RecursionError, MemoryError):
        return SyntaxError("too deeply nested")
    return None


def find_parsing(text: str, error: SyntaxError, out_of_time: Callable[[], bool]) -> list[Parsed]:
    """Return texts that parse, the likeliest first, none if there is none in time.

    In a long text it is looked for around the error; if that is not enough, in all of it.
    """
    part = around(text, (error.lineno or 1) - 1, lambda each: syntax_error(each) is None)
    its_error = syntax_error(part.text)
    if part.text != text and its_error is not None:
        found = _find_parsing(part.text, its_error, out_of_time)
        whole = [evolve(parsed, text=part.with_text(parsed.text)) for parsed in found]
        whole = [parsed for parsed in whole if syntax_error(parsed.text) is None]
        if whole:
            return whole
    return _find_parsing(text, error, out_of_time)


def _find_parsing(text: str, error: SyntaxError, out_of_time: Callable[[], bool]) -> list[Parsed]:
    """Return texts that parse, by looking at all of a text.

    A change that does not mend everything is built upon, the sooner the further Python then gets.
    Of what parses, the likeliest has few and likely changes, keeps the person's tokens, and is a
    program that somebody may have meant.
    """
    numbers = itertools.count()
    queue = [_Attempt(0.0, next(numbers), text, (), 0.0, error)]
    seen = {text}
    found: list[Parsed] = []
    cheapest = float("inf")
    left_to_expand = _MOST_EXPANDED
    while queue and len(found) < _MOST_LOOKED_AT and left_to_expand > 0:
        attempt = heapq.heappop(queue)
        if attempt.cost > cheapest + _MARGIN:
            continue
        left_to_expand -= 1
        for candidate in candidates(attempt.text, attempt.error):
            cost = attempt.cost + candidate.cost
            if out_of_time() or cost > cheapest + _MARGIN:
                break
            try:
                changed = apply_edits(attempt.text, candidate.edits)
            except OverlapError:
                continue
            if changed in seen:
                continue
            seen.add(changed)
            rules = (*attempt.rules, candidate.rule)
            left = syntax_error(changed)
            if left is None:
                found.append(Parsed(changed, rules, cost))
                cheapest = min(cheapest, cost)
                left_to_expand = min(left_to_expand, _MORE_EXPANDED)
            elif len(rules) < _MOST_CHANGES and _nearer(left, attempt.error):
                further = _place(left) > _place(attempt.error)
                cost += 0.0 if further else _NO_PROGRESS
                mended = attempt.mended + ((left.lineno or 0) > (attempt.error.lineno or 0))
                priority = cost - _MENDED_GAIN * mended - (left.lineno or 0) / 1000
                heapq.heappush(
                    queue,
                    _Attempt(priority, next(numbers), changed, rules, cost, left, mended),
                )
        if out_of_time():
            break
    return _likeliest(text, found)


def _likeliest(text: str, found: list[Parsed]) -> list[Parsed]:
    """Return the best of what was found, with all that is known of it in its cost."""
    own = [token.text for token in tokens(text)]
    weighed = []
    for parsed in found:
        changed = [token.text for token in tokens(parsed.text)]
        lost = sum(
            _COST_OF_LOST_WORD if any(map(str.isalnum, own[op.src_pos])) else _COST_OF_LOST_SIGN
            for op in Indel.editops(own, changed)
            if op.tag == "delete"
        )
        weighed.append(evolve(parsed, cost=parsed.cost + lost + _oddity_bits(parsed.text)))
    return sorted(weighed, key=lambda parsed: parsed.cost)[:_MOST_FOUND]


def _oddity_bits(text: str) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return oddity_bits(text)
        except RecursionError:
            return 0.0


def _nearer(left: SyntaxError, before: SyntaxError) -> bool:
    """Return whether an error is further on than another, or another one about the same line."""
    if _place(left) > _place(before):
        return True
    same_line = (left.lineno or 0) >= (before.lineno or 0) - 1
    return same_line and left.msg != before.msg


def _place(error: SyntaxError) -> tuple[int, int]:
    return error.lineno or 0, error.offset or 0
