"""The bundle: one file in which a person hands in sessions.

A ZIP archive with `manifest.json` (whose it is, which consent covers it, the SHA-256 of every other
file), `signature` (Ed25519, over the bytes of the manifest), `integrity.json`, and the events of
each session as lines of JSON. Nothing of it is ever unpacked to a file by the name that it has in
there.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_telemetry.consent import Scope
from foretrace_telemetry.event_json import from_json, to_json
from foretrace_telemetry.events import Event, Recorded
from foretrace_telemetry.exchange.incoming import Incoming
from foretrace_telemetry.exchange.report import IntegrityReport
from foretrace_telemetry.exchange.signing import fingerprint, is_signed, signing_key
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, SessionSummary

FORMAT = "foretrace-bundle"
VERSION = 1
# To hand something in, one of these must hold.
SCOPES = (Scope.INSTRUCTOR, Scope.RESEARCH)

_MANIFEST, _SIGNATURE, _INTEGRITY = "manifest.json", "signature", "integrity.json"
_SOURCE = "bundle:"
_MOST_BYTES = 4 * 2**30
_READ_AT_ONCE = 2**20


class TamperedError(ValueError):
    """A bundle is not as it was signed."""


@frozen
class Bundle:
    """A bundle whose signature and digests are right."""

    path: Path
    signed_by: str
    manifest: dict[str, Any]


def write(
    path: Path,
    home: Home,
    sessions: Iterable[tuple[SessionSummary, Iterable[Recorded]]],
    report: IntegrityReport,
) -> None:
    """Write sessions to a bundle; the report must be complete once they have all been given.

    Raises:
        OSError: the file cannot be written, or the key neither read nor made.
    """
    key = signing_key(home)
    public_key = key.public_key().public_bytes_raw()
    listed, digests = [], {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (session, events) in enumerate(sessions, start=1):
            name = f"sessions/{number}.jsonl"
            digest = hashlib.sha256()
            with archive.open(name, "w", force_zip64=True) as file:
                for recorded in events:
                    line = json.dumps(to_json(recorded), separators=(",", ":")).encode() + b"\n"
                    digest.update(line)
                    file.write(line)
            digests[name] = digest.hexdigest()
            listed.append(
                {
                    "file": name,
                    "name": session.name,
                    "started_wall_us": session.started_wall_us,
                    "foretrace_version": session.foretrace_version,
                    "editor": session.editor,
                    "subject": session.subject or fingerprint(public_key),
                    "source": session.source,
                }
            )
        integrity = json.dumps(report.to_json(), indent=1).encode()
        digests[_INTEGRITY] = hashlib.sha256(integrity).hexdigest()
        archive.writestr(_INTEGRITY, integrity)
        manifest = json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "public_key": public_key.hex(),
                "made_wall_us": report.made_wall_us,
                "foretrace_version": report.foretrace_version,
                "consent": report.consent,
                "sessions": listed,
                "sha256": digests,
            },
            indent=1,
        ).encode()
        archive.writestr(_MANIFEST, manifest)
        archive.writestr(_SIGNATURE, key.sign(manifest).hex())


def is_from_bundle(session: SessionSummary) -> bool:
    """Return whether a session came with somebody's bundle."""
    return session.source is not None and session.source.startswith(_SOURCE)


def is_bundle(path: Path) -> bool:
    """Return whether a file looks like a bundle."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return _MANIFEST in archive.namelist()


def check(path: Path) -> Bundle:
    """Return a bundle after checking everything that it says of itself.

    Raises:
        OSError: the file cannot be read.
        TamperedError: something in it is not as it was signed.
        ValueError: it is no bundle, one of a later version, or nobody consented to it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            for name in (_MANIFEST, _SIGNATURE):
                if name not in names:
                    raise TamperedError(f"{path}: {name} is missing")
            raw = archive.read(_MANIFEST)
            manifest = json.loads(raw)
            _check_form(path, manifest)
            public_key = bytes.fromhex(manifest["public_key"])
            signature = bytes.fromhex(archive.read(_SIGNATURE).decode("ascii"))
            if not is_signed(raw, signature, public_key):
                raise TamperedError(f"{path}: {_MANIFEST} was changed after it was signed")
            _check_files(path, archive, manifest)
    except (zipfile.BadZipFile, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no bundle, or a damaged one: {error!r}") from error
    if not {scope.value for scope in SCOPES} & set(manifest["consent"]["scopes"]):
        raise ValueError(f"{path}: the consent in it covers neither an instructor nor research")
    return Bundle(path, fingerprint(public_key), manifest)


def _check_form(path: Path, manifest: dict[str, Any]) -> None:
    if manifest["format"] != FORMAT:
        raise ValueError(f"{path} is no bundle of Foretrace: its format is {manifest['format']!r}")
    if manifest["version"] != VERSION:
        raise ValueError(
            f"{path} is a bundle of version {manifest['version']}; this Foretrace reads {VERSION}"
        )


def _check_files(path: Path, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    digests: dict[str, str] = manifest["sha256"]
    names = [name for name in archive.namelist() if name not in (_MANIFEST, _SIGNATURE)]
    for name in names:
        if name not in digests or names.count(name) > 1:
            raise TamperedError(f"{path}: {name} was put in after it was signed")
    if sum(archive.getinfo(name).file_size for name in names) > _MOST_BYTES:
        raise ValueError(f"{path} holds more than {_MOST_BYTES / 2**30:.0f} GB")
    for name, expected in digests.items():
        if name not in names:
            raise TamperedError(f"{path}: {name} was taken out after it was signed")
        digest = hashlib.sha256()
        with archive.open(name) as file:
            while part := file.read(_READ_AT_ONCE):
                digest.update(part)
        if digest.hexdigest() != expected:
            raise TamperedError(f"{path}: {name} was changed after it was signed")
    listed = {session["file"] for session in manifest["sessions"]}
    if not listed <= digests.keys():
        raise TamperedError(f"{path}: a session has no file")


def sessions_of(bundle: Bundle) -> Iterator[Incoming]:
    """Iterate over the sessions of a bundle, named after whoever signed it.

    Raises:
        ValueError: what is said of a session, or one of its events, cannot be read.
    """
    for listed in bundle.manifest["sessions"]:
        try:
            info = SessionInfo(
                f"{listed['name']}-{bundle.signed_by[:8]}",
                int(listed["started_wall_us"]),
                str(listed["foretrace_version"]),
                str(listed["editor"]),
                str(listed["subject"]),
                f"{_SOURCE}{bundle.signed_by}",
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{bundle.path}: {_MANIFEST} does not say what a session is ({error!r})"
            ) from error
        yield Incoming(info, partial(_events, bundle, listed["file"]), is_clean=True)


def _events(bundle: Bundle, name: str) -> Iterator[Event]:
    with zipfile.ZipFile(bundle.path) as archive, archive.open(name) as file:
        for number, line in enumerate(file, start=1):
            try:
                yield from_json(json.loads(line)).event
            except Exception as error:  # whatever is wrong with a line, it is to be named
                raise ValueError(
                    f"{bundle.path}: line {number} of {name} is no event: {error!r}"
                ) from error
