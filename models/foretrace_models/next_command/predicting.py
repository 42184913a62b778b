"""From counts to the shares of what comes next.

Each longer context corrects what the shorter ones say, the more so the more often it was seen: a
hierarchy of Pitman-Yor processes, with one table for each follower. What a person is used to
corrects in the same way what people do on the whole, so habits enter as they are seen.

Source: Teh, "A Hierarchical Bayesian Language Model Based on Pitman-Yor Processes" (2006).
"""

from __future__ import annotations

from attrs import frozen

from foretrace_models.next_command.counts import PAUSE, Context, Counts, suffixes

# Of each follower's count, and how many observations what is said before a context is worth.
_DISCOUNT, _STRENGTH = 0.9, 20.0
_OWN_DISCOUNT, _OWN_STRENGTH = 0.6, 8.0
OWN_ORDER = 3


@frozen
class Shares:
    """How likely each command comes next; `rest` is the share of each that is not listed."""

    listed: dict[int, float]
    rest: float

    def of(self, number: int) -> float:
        """Return the share of a command."""
        return self.listed.get(number, self.rest)

    def without(self, number: int) -> Shares:
        """Return the shares where one command cannot come next."""
        others = 1.0 - self.of(number)
        listed = {each: share / others for each, share in self.listed.items()}
        listed[number] = 0.0
        return Shares(listed, self.rest / others)

    def likeliest(self, most: int) -> list[int]:
        """Return the likeliest commands, the likeliest first."""
        return sorted(self.listed, key=lambda number: -self.listed[number])[:most]


def shares(pooled: Counts, context: Context, commands: int, own: Counts | None = None) -> Shares:
    """Return what comes next after a context, of so many commands.

    `own` are the counts of the person themselves, as far as they are known.
    """
    found = Shares({}, 1.0 / commands)
    for shorter in suffixes(context, pooled.order):
        if (seen := pooled.followers.get(shorter)) is not None:
            found = _corrected(found, seen, _DISCOUNT, _STRENGTH)
    if own is not None:
        for shorter in suffixes(context, OWN_ORDER):
            if shorter and (seen := own.followers.get(shorter)) is not None:
                found = _corrected(found, seen, _OWN_DISCOUNT, _OWN_STRENGTH)
    return found


def possible(said: Shares, context: Context) -> Shares:
    """Return what is said where a run of equal commands is one: the last cannot come again."""
    last = next((number for number in reversed(context) if number != PAUSE), None)
    return said.without(last) if last is not None else said


def _corrected(before: Shares, seen: dict[int, float], discount: float, strength: float) -> Shares:
    # A damped count may be less than the discount.
    taken = {number: min(count, discount) for number, count in seen.items()}
    total = sum(seen.values()) + strength
    kept = (strength + sum(taken.values())) / total
    listed = {number: share * kept for number, share in before.listed.items()}
    rest = before.rest * kept
    for number, count in seen.items():
        listed[number] = listed.get(number, rest) + (count - taken[number]) / total
    return Shares(listed, rest)
