"""Lineage: what was made of sessions is known, and what was derived of them can go."""

from __future__ import annotations

import contextlib

import pytest

from foretrace_telemetry.erase import Selection, forget, forget_derived
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import (
    Derived,
    Export,
    derived,
    drop_derived,
    exports_of,
    keep_all_derived,
    keep_derived,
    note_export,
)
from foretrace_telemetry.session_writer import ForgottenError
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


def test_several_are_kept_at_once_and_found_by_kind_and_name(home: Home) -> None:
    several = [Derived("insight", name, ("s1",), b"i") for name in ("a", "b")]
    vector = Derived("vector", "a", ("s1",), b"v")
    keep_all_derived(home, [*several, vector])
    with contextlib.closing(Store.read(home)) as store:
        assert list(derived(store.db, "insight")) == several
        assert list(derived(store.db, "insight", "b")) == several[1:]
        assert list(derived(store.db, "insight", "c")) == []
    forget(home, Selection(sessions=frozenset({"s2"})))
    later = [Derived("insight", name, ("s3",), b"j") for name in ("a", "b")]
    with pytest.raises(ForgottenError):
        keep_all_derived(home, later, after_erasure=0)
    with contextlib.closing(Store.read(home)) as store:
        assert list(derived(store.db, "insight")) == several


def test_what_is_derived_goes_with_any_of_its_sessions(home: Home) -> None:
    both, other = Derived("vector", "a", ("s1", "s2"), b"a"), Derived("vector", "b", ("s3",), b"b")
    keep_derived(home, both)
    keep_derived(home, other)
    with contextlib.closing(Store.create(home)) as store:
        with writing(store.db):
            assert drop_derived(store.db, {"s2"}) == ["vector a"]
        assert list(derived(store.db)) == [other]


def test_what_was_derived_before_something_was_forgotten_is_not_kept(home: Home) -> None:
    forget(home, Selection(sessions=frozenset({"s1"})))
    vector = Derived("vector", "me", ("s1",), b"\x01")
    with pytest.raises(ForgottenError):
        keep_derived(home, vector, after_erasure=0)
    with contextlib.closing(Store.read(home)) as store:
        assert list(derived(store.db)) == []
    keep_derived(home, vector, after_erasure=1)
    with contextlib.closing(Store.read(home)) as store:
        assert list(derived(store.db)) == [vector]


def test_what_is_derived_can_be_forgotten_by_its_name_to_the_byte(home: Home) -> None:
    mine, other = (Derived("vector", name, ("s1",), name.encode() * 64) for name in ("me", "you"))
    keep_derived(home, mine)
    keep_derived(home, other)
    assert forget_derived(home, "vector", "me") is True
    with contextlib.closing(Store.read(home)) as store:
        assert list(derived(store.db)) == [other]
    assert not any(
        mine.content in path.read_bytes() for path in home.path.glob(f"{home.traces.name}*")
    )
    assert forget_derived(home, "vector", "me") is None
