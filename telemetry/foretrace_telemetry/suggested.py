"""What was suggested to a person, and what became of each suggestion."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, frozen

from foretrace_telemetry.events import Recorded, SuggestionMoved, SuggestionStage


@frozen
class Suggested:
    """One suggestion and what became of it: the last that a person did with it has most weight.

    It was `accepted` or `dismissed`; else `superseded` by another, or still `offered`; else it was
    `withheld`, and `silence` says why. One that was taken and undone was dismissed. Its words are
    not kept.
    """

    session: str
    suggestion_id: str
    wall_us: int
    document: str | None
    level: str
    source: str
    trigger: str
    inserted_characters: int
    removed_characters: int
    became: SuggestionStage
    silence: str


_WEIGHT = {
    SuggestionStage.WITHHELD: 0,
    SuggestionStage.OFFERED: 1,
    SuggestionStage.SUPERSEDED: 1,
    SuggestionStage.ACCEPTED: 2,
    SuggestionStage.DISMISSED: 2,
}


def suggested(events: Iterable[Recorded]) -> list[Suggested]:
    """Return every suggestion in the order in which they came up, by the events of sessions."""
    lives: dict[tuple[str, str], _Life] = {}
    for each in events:
        body = each.event.body
        if isinstance(body, SuggestionMoved):
            name = (each.session, body.suggestion_id)
            lives.setdefault(name, _Life(each, body)).move(body)
    return [life.told() for life in lives.values()]


@define
class _Life:
    """The first event of a suggestion, and the one that counts so far."""

    first: Recorded
    weightiest: SuggestionMoved

    def move(self, body: SuggestionMoved) -> None:
        if _WEIGHT[body.stage] >= _WEIGHT[self.weightiest.stage]:
            self.weightiest = body

    def told(self) -> Suggested:
        event, body = self.first.event, self.weightiest
        return Suggested(
            self.first.session,
            body.suggestion_id,
            event.wall_us,
            event.uri,
            body.level,
            body.source,
            body.trigger,
            body.inserted_characters,
            body.removed_characters,
            body.stage,
            body.silence if body.stage is SuggestionStage.WITHHELD else "",
        )
