"""Roll-ups: what was made of each person's sessions is kept, so that no event is read twice.

They are derived data, a row of the store's table `derived` for each person. So they go in the same
transaction as what they were made of, when that is withdrawn, forgotten or has been kept long
enough, and are never older than the last erasure. Made anew they are where the rules they were made
by are others now.

To go on from, the texts of the session that was added to last are in them as well.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from typing import Any

from attrs import define, field, frozen
from cattrs.preconf.json import make_converter

from foretrace_server.collect.insight.account import Account, Accounted
from foretrace_telemetry.erase import sessions_erased_after
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, derived, keep_all_derived
from foretrace_telemetry.session_writer import ForgottenError, newest_erasure
from foretrace_telemetry.store import NoTracesError, SessionInfo, Store

log = logging.getLogger(__name__)

KIND = "insight"
# To be counted up with every change of what is made of events.
VERSION = 2
_WRITTEN_AT_ONCE = 25
_TRIES = 5
_converter = make_converter()

RollUp = Mapping[str, Accounted]


@frozen
class _Rules:
    """What roll-ups were made by."""

    version: int
    idle_limit_seconds: int


@frozen
class _Kept:
    """A roll-up as it lies in the store; `going_on` is the account of the session added to last."""

    rules: _Rules
    sessions: dict[str, Accounted]
    going_on: Account | None = None

    @property
    def has_events(self) -> bool:
        """Whether anything is left of what was sent."""
        return any(each.integrity.events for each in self.sessions.values())


@define
class RollUps:
    """The roll-ups of a course, by subject, as they were when last refreshed."""

    home: Home
    idle_limit_seconds: int
    _known: dict[str, RollUp] = field(factory=dict)
    _erasure: int | None = None

    def refresh(self, subjects: Collection[str]) -> dict[str, RollUp]:
        """Take in what came of these subjects since, or was forgotten; return all of theirs.

        Raises:
            ForgottenError: something is forgotten over and over; try again later.
            OSError: a file cannot be read or made.
            sqlite3.Error: the store cannot be read or written.
        """
        for _ in range(_TRIES):
            try:
                self._refresh(subjects)
                break
            except NoTracesError:
                self._known, self._erasure = {}, None
                break
            except ForgottenError:
                continue  # what was read meanwhile is read anew
        else:
            raise ForgottenError
        return {subject: self._known[subject] for subject in subjects if subject in self._known}

    def _refresh(self, subjects: Collection[str]) -> None:
        with closing(Store.read(self.home)) as store:
            if not store.db["erasures"].exists():  # made by an older version, and empty
                raise NoTracesError
            erasure = newest_erasure(store.db)
            self._heed_forgetting(store, erasure)
            lasts = store.all_last_sequences()
            wanted = [name for name in subjects if lasts.get(name, {}) != self._through(name)]
            for start in range(0, len(wanted), _WRITTEN_AT_ONCE):
                some = wanted[start : start + _WRITTEN_AT_ONCE]
                updated = dict(self._updated_of(store, some, lasts))
                rows = [_row(name, kept) for name, kept in updated.items() if kept.has_events]
                keep_all_derived(self.home, rows, erasure)
                self._known.update((name, kept.sessions) for name, kept in updated.items())

    def _heed_forgetting(self, store: Store, erasure: int) -> None:
        """Let go of those of whom something was forgotten, up to the newest erasure; know the rest.

        At first, and where the store was begun anew, what is kept there is taken up.
        """
        if self._erasure is None or erasure < self._erasure:
            self._known = dict(self._load(store))
        elif erasure > self._erasure:
            lost = sessions_erased_after(store.db, self._erasure)
            self._known = {
                subject: roll_up
                for subject, roll_up in self._known.items()
                if lost.isdisjoint(roll_up)
            }
        self._erasure = erasure

    def _updated_of(
        self, store: Store, subjects: Collection[str], lasts: Mapping[str, Mapping[str, int]]
    ) -> Iterator[tuple[str, _Kept]]:
        """Bring some up to date; what one of them sent does not keep the others from it."""
        for subject in subjects:
            try:
                yield subject, self._updated(store, subject, lasts.get(subject, {}))
            except (NoTracesError, ForgottenError, sqlite3.Error):
                raise
            except Exception as error:
                log.error("what %s did cannot be worked out (%s)", subject, type(error).__name__)

    def _through(self, subject: str) -> dict[str, int]:
        known = self._known.get(subject, {})
        return {name: accounted.through for name, accounted in known.items()}

    def _load(self, store: Store) -> Iterator[tuple[str, RollUp]]:
        rules = _converter.unstructure(self._rules())
        for row in derived(store.db, KIND):
            try:
                content = _content(row)
                if content["rules"] != rules:
                    continue
                sessions = _converter.structure(content["sessions"], dict[str, Accounted])
            except Exception:  # whatever is wrong with it, it is made anew
                log.warning("what was worked out of %s cannot be read, and is made anew", row.name)
                continue
            yield row.name, sessions

    def _updated(self, store: Store, subject: str, lasts: Mapping[str, int]) -> _Kept:
        sessions = dict(self._known.get(subject, {}))
        if not sessions.keys() <= lasts.keys():
            sessions = {}
        going_on = self._going_on(store, subject) if sessions else None
        for name, last in lasts.items():
            if name in sessions and sessions[name].through >= last:
                continue
            account = going_on
            if account is None or account.session != name:
                info = store.info_of(name)
                account = self._begun(info)
            first = account.through + 1
            account.take_all(
                each for each in store.events(name, first=first) if each.sequence >= first
            )
            sessions[name] = account.accounted()
            going_on = account
        return _Kept(self._rules(), sessions, going_on)

    def _begun(self, info: SessionInfo) -> Account:
        limit_us = self.idle_limit_seconds * 1_000_000
        return Account(info.name, info.started_wall_us, info.editor, limit_us)

    def _going_on(self, store: Store, subject: str) -> Account | None:
        for row in derived(store.db, KIND, subject):
            try:
                return _converter.structure(_content(row)["going_on"], Account | None)  # type: ignore[arg-type]
            except Exception:  # whatever is wrong with it, the session is gone through anew
                log.warning("where %s had come to cannot be read, and is made anew", row.name)
        return None

    def _rules(self) -> _Rules:
        return _Rules(VERSION, self.idle_limit_seconds)


def _row(subject: str, kept: _Kept) -> Derived:
    content = json.dumps(_converter.unstructure(kept), separators=(",", ":"))
    return Derived(KIND, subject, tuple(kept.sessions), zlib.compress(content.encode()))


def _content(row: Derived) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(zlib.decompress(row.content))
    return content
