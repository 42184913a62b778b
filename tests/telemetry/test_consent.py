"""Consent: an append-only log of decisions; whatever cannot be read counts as "no"."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from foretrace_telemetry.consent import (
    Action,
    Content,
    Scope,
    decide,
    grant,
    history,
    notice,
    read_consent,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.notices import NOTICES

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def _grant(home: Home, *scopes: Scope, content: Content = Content.FULL) -> None:
    grant(home, scopes, content, "test", NOW)


def test_nothing_is_allowed_before_anybody_was_asked(home: Home) -> None:
    assert read_consent(home, NOW).content is None
    assert not home.path.exists()


def test_decisions_that_are_made_at_once_all_follow_on(home: Home) -> None:
    def decide_often() -> None:
        for _ in range(10):
            _grant(home, Scope.INSTRUCTOR)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(decide_often) for _ in range(8)]:
            done.result()
    assert len(history(home)) == 80
    assert None not in history(home)
    assert read_consent(home, NOW).content is Content.FULL


def test_a_grant_allows_what_it_says_and_always_covers_local(home: Home) -> None:
    _grant(home, Scope.RESEARCH)
    consent = read_consent(home, NOW)
    assert consent.content is Content.FULL
    assert consent.scopes == {Scope.LOCAL, Scope.RESEARCH}


def test_grants_add_up_and_the_newest_content_counts(home: Home) -> None:
    _grant(home, Scope.RESEARCH)
    _grant(home, Scope.INSTRUCTOR, content=Content.METADATA)
    consent = read_consent(home, NOW)
    assert consent.scopes == {Scope.LOCAL, Scope.RESEARCH, Scope.INSTRUCTOR}
    assert consent.content is Content.METADATA


def test_withdrawing_one_scope_keeps_the_others(home: Home) -> None:
    _grant(home, Scope.RESEARCH)
    decide(home, Action.WITHDRAW, "test", NOW, [Scope.RESEARCH])
    assert read_consent(home, NOW).scopes == {Scope.LOCAL}


@pytest.mark.parametrize("scopes", [(), (Scope.LOCAL,)], ids=["all", "local"])
def test_withdrawing_everything_or_local_ends_recording(
    home: Home, scopes: tuple[Scope, ...]
) -> None:
    _grant(home, Scope.RESEARCH)
    decide(home, Action.WITHDRAW, "test", NOW, scopes)
    consent = read_consent(home, NOW)
    assert consent.content is None
    assert not consent.scopes


def test_a_decline_is_remembered(home: Home) -> None:
    assert read_consent(home, NOW).undecided
    decide(home, Action.DECLINE, "test", NOW)
    consent = read_consent(home, NOW)
    assert consent.reason == "declined on 2026-03-01"
    assert not consent.undecided


def test_a_pause_holds_until_it_is_lifted(home: Home) -> None:
    _grant(home)
    decide(home, Action.PAUSE, "test", NOW)
    assert read_consent(home, NOW).paused
    decide(home, Action.RESUME, "test", NOW)
    assert not read_consent(home, NOW).paused


def test_permission_ends_after_a_year(home: Home) -> None:
    _grant(home)
    assert read_consent(home, NOW + timedelta(days=364)).content is Content.FULL
    expired = read_consent(home, NOW + timedelta(days=365))
    assert expired.content is None
    assert "ended on 2027-03-01" in expired.reason
    assert expired.undecided


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"action": "grant"}',
        b'{"action": "please", "decided_at": "2026-03-01T12:00:00+00:00", "decided_by": "x"}',
        b'{"action": "grant", "decided_at": "yesterday", "decided_by": "x", "content": "full"}',
    ],
)
def test_a_line_that_cannot_be_read_allows_nothing(home: Home, line: bytes) -> None:
    _grant(home)
    with home.consent_log.open("ab") as file:
        file.write(line + b"\n")
    consent = read_consent(home, NOW)
    assert consent.content is None
    assert "line 2" in consent.reason


def test_deciding_again_after_a_damaged_line_counts(home: Home) -> None:
    _grant(home)
    with home.consent_log.open("ab") as file:
        file.write(b'{"action": "wit')  # cut off by a crash, without a line end
    _grant(home)
    assert read_consent(home, NOW).content is Content.FULL


def test_a_log_that_may_not_be_read_allows_nothing(home: Home) -> None:
    home.path.mkdir()
    home.consent_log.mkdir()  # reading a folder fails for root too
    consent = read_consent(home, NOW)
    assert consent.content is None
    assert "cannot be read" in consent.reason


def test_decisions_are_private_and_in_plain_json(home: Home) -> None:
    _grant(home)
    decide(home, Action.PAUSE, "test", NOW)
    lines = [json.loads(line) for line in home.consent_log.read_text().splitlines()]
    assert [line["action"] for line in lines] == ["grant", "pause"]
    assert lines[0]["notice_version"] == 4
    if os.name == "posix":
        assert home.consent_log.stat().st_mode & 0o077 == 0
        assert home.path.stat().st_mode & 0o077 == 0


def test_the_notice_says_where_how_long_and_how_to_stop(home: Home) -> None:
    text = notice(home, NOW)
    assert str(home.path) in text
    assert "2027-03-01" in text
    assert "foretrace consent withdraw" in text


@pytest.mark.parametrize("language", NOTICES)
def test_the_notice_says_the_same_in_each_language_and_in_half_a_minute(
    home: Home, language: str
) -> None:
    text = notice(home, NOW, keep_days=30, language=language)
    for said in (str(home.path), "2027-03-01", "30", "(full)", "(metadata)"):
        assert said in text
    for command in ("consent withdraw", "traces pause", "traces forget"):
        assert f"`foretrace {command}`" in text
    assert len(NOTICES[language].text.split()) < 125  # at 250 words a minute


def test_a_permission_says_in_which_language_the_notice_was_read(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW, language="de")
    _grant(home)
    german, english = (json.loads(line) for line in home.consent_log.read_text().splitlines())
    assert german["notice_language"] == "de"
    assert german["notice_sha256"] == NOTICES["de"].sha256
    assert "notice_language" not in english  # as in logs that are older than the other languages
    assert english["notice_sha256"] == NOTICES["en"].sha256
    assert read_consent(home, NOW).content is Content.FULL


def test_a_line_that_was_changed_or_taken_out_allows_nothing_until_somebody_decides(
    home: Home,
) -> None:
    _grant(home, content=Content.METADATA)
    _grant(home, Scope.RESEARCH, content=Content.METADATA)
    whole = home.consent_log.read_bytes()
    first, second = whole.splitlines(keepends=True)
    for forged in (second, first.replace(b"metadata", b"full") + second):
        home.consent_log.write_bytes(forged)
        consent = read_consent(home, NOW)
        assert consent.content is None
        assert "cannot be read" in consent.reason
    _grant(home)
    assert read_consent(home, NOW).content is Content.FULL


def test_a_permission_ends_when_it_says(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW, timedelta(days=3), keep_days=30)
    assert read_consent(home, NOW + timedelta(days=2)).content is Content.FULL
    later = read_consent(home, NOW + timedelta(days=3))
    assert (later.content, later.undecided, later.keep_days) == (None, True, 30)


def test_a_pause_can_end_by_itself(home: Home) -> None:
    _grant(home)
    decide(home, Action.PAUSE, "test", NOW, until=NOW + timedelta(minutes=5))
    assert read_consent(home, NOW + timedelta(minutes=4)).paused
    assert not read_consent(home, NOW + timedelta(minutes=5)).paused
    decide(home, Action.PAUSE, "test", NOW)
    assert read_consent(home, NOW + timedelta(minutes=5)).paused


def test_how_long_sessions_are_kept_outlives_other_decisions(home: Home) -> None:
    grant(home, [], Content.METADATA, "test", NOW, keep_days=30)
    for action in (Action.PAUSE, Action.WITHDRAW, Action.DECLINE):
        decide(home, action, "test", NOW)
    assert "kept for 30 days" in notice(home, NOW)
    _grant(home)
    assert read_consent(home, NOW).keep_days == 30
