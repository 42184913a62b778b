"""Lineage: what was made of sessions is known, and what was derived of them can go."""

from __future__ import annotations

import contextlib

from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import (
    Derived,
    Export,
    derived,
    drop_derived,
    exports_of,
    keep_derived,
    note_export,
)
from foretrace_telemetry.store import Store
from foretrace_telemetry.transaction import writing

CSV = Export(1, "csv", "/elsewhere/a", ("s1", "s2"))
BUNDLE = Export(2, "bundle", "/elsewhere/b", ("s3",))


def test_an_export_is_named_for_each_session_in_it(home: Home) -> None:
    note_export(home, CSV)
    note_export(home, BUNDLE)
    with contextlib.closing(Store.read(home)) as store:
        assert exports_of(store.db, {"s2"}) == [CSV]
        assert exports_of(store.db, {"s1", "s3"}) == [CSV, BUNDLE]
        assert exports_of(store.db, {"s4"}) == []


def test_what_is_derived_takes_the_place_of_what_was(home: Home) -> None:
    keep_derived(home, Derived("vector", "me", ("s1",), b"\x01"))
    keep_derived(home, Derived("vector", "me", ("s1", "s2"), b"\x02"))
    with contextlib.closing(Store.read(home)) as store:
        assert list(derived(store.db)) == [Derived("vector", "me", ("s1", "s2"), b"\x02")]


def test_what_is_derived_goes_with_any_of_its_sessions(home: Home) -> None:
    both, other = Derived("vector", "a", ("s1", "s2"), b"a"), Derived("vector", "b", ("s3",), b"b")
    keep_derived(home, both)
    keep_derived(home, other)
    with contextlib.closing(Store.create(home)) as store:
        with writing(store.db):
            assert drop_derived(store.db, {"s2"}) == [both]
        assert list(derived(store.db)) == [other]
