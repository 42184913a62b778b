"""The gate: consent and path, asked for each event, closed by default."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pytest

from foretrace_telemetry.consent import Action, Content, decide, grant
from foretrace_telemetry.digest import pseudonym_of
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.privacy import denial, path_of

SECRET_FILES = [
    ".env",
    ".env.local",
    "server.pem",
    "id_rsa",
    "id_ed25519.pub",
    ".ssh/config",
    ".aws/credentials",
    "secrets.toml",
    "credentials.json",
    ".git/config",
    "Server.PEM",
    "prod.env",
    ".envrc",
    ".netrc",
    ".pypirc",
    ".npmrc",
    "putty.ppk",
    "deploy_ed25519",
    ".kube/config",
    ".config/gcloud/access_tokens.db",
    ".config/gh/hosts.yml",
    ".azure/accessTokens.json",
    ".docker/config.json",
    ".password-store/mail.gpg",
    "Library/Keychains/login.db",
    ".mozilla/firefox/a/logins.json",
    "AppData/Local/Google/Chrome/a/b",
    "main.tfvars",
    ".bash_history",
]
ORDINARY_FILES = [
    "id_generator.py",
    "environment.py",
    "key.py",
    "config/settings.toml",
    "google/search.py",
    "history.py",
    "docker/compose.yml",
    "passwords.py",
]


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _until(condition: object) -> bool:
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_the_gate_is_closed_without_consent(home: Home, tmp_path: Path) -> None:
    gate = Gate(home)
    assert gate.content_for((tmp_path / "a.py").as_uri()) is None
    assert gate.content_for(None) is None


def test_a_decision_in_another_process_holds_here_within_a_moment(home: Home) -> None:
    gate = Gate(home)
    assert gate.content is None
    grant(home, [], Content.METADATA, "elsewhere", _now())
    assert _until(lambda: gate.content is Content.METADATA)
    decide(home, Action.PAUSE, "elsewhere", _now())
    assert _until(lambda: gate.content is None)
    decide(home, Action.RESUME, "elsewhere", _now())
    assert _until(lambda: gate.content is Content.METADATA)
    decide(home, Action.WITHDRAW, "elsewhere", _now())
    assert _until(lambda: gate.content is None)


def test_the_gate_closes_when_the_log_disappears(consented: Home) -> None:
    gate = Gate(consented)
    assert gate.content is Content.FULL
    consented.consent_log.unlink()
    assert _until(lambda: gate.content is None)


@pytest.mark.parametrize("name", SECRET_FILES)
def test_files_that_hold_secrets_are_never_recorded(
    consented: Home, tmp_path: Path, name: str
) -> None:
    gate = Gate(consented)
    assert gate.content_for((tmp_path / name).as_uri()) is None
    assert gate.content_for((tmp_path / "a.py").as_uri()) is Content.FULL


@pytest.mark.parametrize("name", ORDINARY_FILES)
def test_files_with_ordinary_names_are_recorded(consented: Home, tmp_path: Path, name: str) -> None:
    assert denial((tmp_path / name).as_uri(), consented) is None


def test_a_link_to_a_secret_is_as_secret(consented: Home, tmp_path: Path) -> None:
    (tmp_path / "id_rsa").touch()
    (tmp_path / "notes.py").symlink_to(tmp_path / "id_rsa")
    assert denial((tmp_path / "notes.py").as_uri(), consented) is not None


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "git:/a/b.py", "vscode-notebook-cell:/a.ipynb#1", "output:x", ""]
)
def test_only_files_are_recorded(consented: Home, uri: str) -> None:
    assert Gate(consented).content_for(uri) is None


def test_the_own_folder_is_not_recorded(consented: Home) -> None:
    assert denial(consented.consent_log.as_uri(), consented) is not None


def test_a_path_that_no_file_can_have_is_not_recorded(consented: Home, tmp_path: Path) -> None:
    reason = denial(f"{tmp_path.as_uri()}/a%00b.py", consented)
    assert reason is not None
    assert "nobody can tell which file that is" in reason


@pytest.mark.parametrize("name", ["loop/a.py", "x" * 5000])
def test_a_path_that_leads_nowhere_does_no_harm(consented: Home, tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    Gate(consented).content_for(f"{tmp_path.as_uri()}/{name}")


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///tmp/a%20b.py", "/tmp/a b.py"),
        ("file:///tmp/100%2525.py", "/tmp/100%25.py"),
        ("file:///c%3A/a.py", "/c:/a.py"),
        ("file://[", None),
        ("file:", None),
        ("file:///", None),
        ("file:a.py", None),
        ("untitled:Untitled-1", None),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="paths look otherwise on Windows")
def test_the_path_of_an_address_is_read_once(uri: str, path: str | None) -> None:
    assert path_of(uri) == (Path(path) if path is not None else None)


def test_names_with_spaces_and_accents_are_understood(consented: Home, tmp_path: Path) -> None:
    assert denial((tmp_path / "für mich" / "a b.py").as_uri(), consented) is None
    assert denial((tmp_path / "für mich" / "id_rsa").as_uri(), consented) is not None


def test_the_gate_opens_again_when_a_pause_is_over(consented: Home) -> None:
    gate = Gate(consented)
    decide(consented, Action.PAUSE, "test", _now(), until=_now() + timedelta(seconds=0.5))
    assert _until(lambda: gate.content is None)
    assert _until(lambda: gate.content is Content.FULL)


def test_a_change_of_who_may_read_the_log_is_noticed(
    consented: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(consented)
    assert gate.content is Content.FULL

    def refused(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    # The superuser can read all files, so the refusal itself is made up.
    monkeypatch.setattr(Path, "read_bytes", refused)
    time.sleep(0.2)
    assert gate.content is Content.FULL  # nothing changed, so nothing was read
    consented.consent_log.chmod(0)
    assert _until(lambda: gate.content is None)


def test_a_forgotten_document_is_metadata_until_it_is_opened_again(consented: Home) -> None:
    gate = Gate(consented)
    gate.opened("file:///a.py", (10, 1010))
    gate.opened("file:///b.py", (30, 1030))
    gate.forget(None, 20, (40, 1040))
    assert gate.content_for("file:///a.py") is Content.METADATA
    assert gate.content_for("file:///b.py") is Content.FULL
    gate.forget(frozenset({pseudonym_of("file:///b.py", consented.key())}), 40, (40, 1040))
    assert gate.content_for("file:///b.py") is Content.METADATA
    gate.opened("file:///a.py", (50, 1050))
    assert gate.content_for("file:///a.py") is Content.FULL


def test_a_clock_that_was_put_back_has_nothing_recorded_that_was_forgotten(consented: Home) -> None:
    gate = Gate(consented)
    gate.opened("file:///a.py", (5000, 1000))
    # The clock is put back by 4000, the document is forgotten at 2000, and that is learned later.
    gate.opened("file:///b.py", (2010, 1110))
    gate.forget(None, 2000, (2020, 1120))
    assert gate.content_for("file:///a.py") is Content.METADATA
    assert gate.content_for("file:///b.py") is Content.FULL
    # Put back once more, before it is learned: then nobody can tell, and it counts as forgotten.
    gate.forget(None, 2015, (1000, 1200))
    assert gate.content_for("file:///b.py") is Content.METADATA


class _Clock:
    """A clock that jumps."""

    jump = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + cls.jump


def test_a_clock_that_jumps_beyond_the_end_of_a_permission_and_back_ends_nothing(
    consented: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foretrace_telemetry.gate.datetime", _Clock)
    gate = Gate(consented)
    assert gate.content is Content.FULL
    for jump, content in ((timedelta(days=4000), None), (timedelta(), Content.FULL)):
        monkeypatch.setattr(_Clock, "jump", jump)
        gate.look_again()
        assert gate.content is content
