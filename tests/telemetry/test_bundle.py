"""Bundles: whatever is changed after signing is noticed and named, and nothing of it comes in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import Actor, Event, Opened
from foretrace_telemetry.exchange import bundle
from foretrace_telemetry.exchange.bundle import TamperedError
from foretrace_telemetry.exchange.exporting import Format, export
from foretrace_telemetry.exchange.signing import signing_key
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store

Files = dict[str, bytes]


@pytest.fixture
def handed_in(home: Home, tmp_path: Path) -> Path:
    """A bundle with one session."""
    grant(home, [Scope.RESEARCH], Content.FULL, "test", datetime.now(timezone.utc))
    store = Store.create(home)
    store.begin_session(SessionInfo("s1", 5, "0.1")).append(
        [Event(1, 1, Actor.USER, Opened("x"), "file:///a.py", 1)]
    )
    store.close()
    export(home, Format.BUNDLE, tmp_path / "bundle")
    return tmp_path / "bundle"


def changed(path: Path, change: Callable[[Files], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def rewrite_session(files: Files) -> None:
    files["sessions/1.jsonl"] = files["sessions/1.jsonl"].replace(b'"x"', b'"y"')


def rewrite_integrity(files: Files) -> None:
    files["integrity.json"] = files["integrity.json"].replace(b"true", b"null")


def rewrite_manifest(files: Files) -> None:
    files["manifest.json"] = files["manifest.json"].replace(b"research", b"instructor")


def take_out_a_session(files: Files) -> None:
    del files["sessions/1.jsonl"]


def put_in_a_session(files: Files) -> None:
    files["sessions/2.jsonl"] = files["sessions/1.jsonl"]


def take_out_the_signature(files: Files) -> None:
    del files["signature"]


def sign_with_another_key(files: Files) -> None:
    files["signature"] = b"00" * 64


def test_a_bundle_that_nobody_changed_is_sound(handed_in: Path) -> None:
    found = bundle.check(handed_in)
    assert found.manifest["sessions"][0]["subject"] == found.signed_by
    assert "research" in found.manifest["consent"]["scopes"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (rewrite_session, "sessions/1.jsonl was changed"),
        (rewrite_integrity, "integrity.json was changed"),
        (rewrite_manifest, "manifest.json was changed"),
        (take_out_a_session, "sessions/1.jsonl was taken out"),
        (put_in_a_session, "sessions/2.jsonl was put in"),
        (take_out_the_signature, "signature is missing"),
        (sign_with_another_key, "manifest.json was changed"),
    ],
)
def test_what_was_changed_is_named(
    handed_in: Path, change: Callable[[Files], None], named: str
) -> None:
    with pytest.raises(TamperedError, match=named):
        bundle.check(changed(handed_in, change))


def test_a_bundle_without_consent_is_refused_though_it_is_signed(
    handed_in: Path, home: Home
) -> None:
    def withdraw(files: Files) -> None:
        manifest = json.loads(files["manifest.json"])
        manifest["consent"]["scopes"] = ["local"]
        files["manifest.json"] = json.dumps(manifest).encode()
        files["signature"] = signing_key(home).sign(files["manifest.json"]).hex().encode()

    with pytest.raises(ValueError, match="neither an instructor nor research"):
        bundle.check(changed(handed_in, withdraw))


@pytest.mark.parametrize("manifest", [b"[]", b"{}", b"\xff", b'{"format": "foretrace-bundle"}'])
def test_what_is_no_bundle_is_refused_in_words(handed_in: Path, manifest: bytes) -> None:
    def replace(files: Files) -> None:
        files["manifest.json"] = manifest

    with pytest.raises(ValueError, match="bundle"):
        bundle.check(changed(handed_in, replace))


def test_the_key_is_readable_by_its_owner_only_and_stays_the_same(home: Home) -> None:
    first = signing_key(home).private_bytes_raw()
    assert signing_key(home).private_bytes_raw() == first
    assert home.signing_key.stat().st_mode & 0o777 == 0o600
