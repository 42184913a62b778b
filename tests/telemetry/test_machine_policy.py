"""The policy of a machine: what it may say, and that whatever is wrong with it forbids all."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry import machine_policy
from foretrace_telemetry.consent import Content, ForbiddenError, Scope, grant, read_consent
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.machine_policy import (
    CHOICES,
    MachinePolicy,
    MachinePolicyError,
    WatchedMachinePolicy,
    parse_machine_policy,
    read_machine_policy,
    writable_by_others,
)
from foretrace_telemetry.sending.calling import Line, SendingForbiddenError

NOW = datetime.now(timezone.utc)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of this process's machine, which is not there yet."""
    path = tmp_path / "settings" / "policy.toml"
    path.parent.mkdir()
    monkeypatch.setattr(machine_policy, "PATH", path)
    return path


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the file be looked at each time."""
    monkeypatch.setattr(machine_policy, "_RECHECK_SECONDS", 0.0)
    monkeypatch.setattr("foretrace_telemetry.gate._RECHECK_SECONDS", 0.0)


def forbids_all(policy: MachinePolicy) -> bool:
    allowed = (policy.may_record, policy.may_record_text, policy.may_send, policy.may_run_programs)
    return policy.ceiling == "off" and not any(allowed)


def test_without_a_file_everything_is_allowed(file: Path) -> None:
    assert read_machine_policy() == MachinePolicy()


def test_an_empty_file_forbids_nothing(file: Path) -> None:
    file.write_text("# to be written\n")
    assert read_machine_policy() == MachinePolicy()


def test_each_key_takes_away_what_it_says_and_nothing_else(file: Path) -> None:
    file.write_text('ceiling = "hint"\nmessage = "Ask the desk."\n')
    assert read_machine_policy() == MachinePolicy(ceiling="hint", message="Ask the desk")
    file.write_text('recording = "metadata"\n')
    assert read_machine_policy() == MachinePolicy(may_record_text=False)
    file.write_text('recording = "never"\n')
    assert read_machine_policy() == MachinePolicy(may_record=False, may_record_text=False)
    file.write_text('sending = "never"\nrun_programs = "never"\n')
    assert read_machine_policy() == MachinePolicy(may_send=False, may_run_programs=False)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('message = "a"\n\nceling = "off"\n', "line 3: unknown key 'celing'; there are ceiling"),
        ('[recording]\nallowed = "never"\n', 'line 1: recording must be "never" or "metadata"'),
        ('\nceiling = "low"\n', 'line 2: ceiling must be "off" or "nudge"'),
        ("sending = false\n", 'line 1: sending must be "never", not False'),
        ('run_programs = ["never"]\n', 'line 1: run_programs must be "never"'),
        ("message = 3\n", "line 1: message must be one line"),
        ('message = "a\\nb"\n', "line 1: message must be one line"),
        (f'message = "{"a" * 201}"\n', "of up to 200 characters"),
        ('\n\nceiling = "off\n', "it is not valid TOML: "),
        ('ceiling = "off"\nceiling = "fix"\n', "it is not valid TOML: "),
    ],
    ids=range(10),
)
def test_what_is_wrong_forbids_all_and_is_told_with_its_line(
    file: Path, text: str, wrong: str
) -> None:
    file.write_text(text)
    policy = read_machine_policy()
    assert forbids_all(policy)
    assert policy.trouble is not None
    assert policy.trouble.startswith(f"{file}, ")
    assert wrong in policy.trouble
    assert "line" in policy.trouble or "characters" in policy.trouble


def test_a_file_that_cannot_be_read_forbids_all(file: Path) -> None:
    file.mkdir()
    policy = read_machine_policy()
    assert forbids_all(policy)
    assert str(file) in str(policy.trouble)


def test_bytes_that_are_no_text_forbid_all_and_their_line_is_told(file: Path) -> None:
    file.write_bytes(b"# a\n\xff\n")
    policy = read_machine_policy()
    assert forbids_all(policy)
    assert "line 2: it is not UTF-8" in str(policy.trouble)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_whatever_stands_there_is_a_policy_or_an_error(raw: bytes) -> None:
    try:
        policy = parse_machine_policy(raw)
    except MachinePolicyError:
        return
    assert policy.trouble is None


@given(
    st.dictionaries(
        st.sampled_from([*CHOICES, "other"]), st.sampled_from(["off", "never", "metadata", "fix"])
    )
)
def test_a_key_that_is_taken_is_one_of_its_choices(told: dict[str, str]) -> None:
    text = "".join(f'{key} = "{value}"\n' for key, value in told.items())
    is_known = all(value in CHOICES.get(key, ()) for key, value in told.items())
    try:
        parse_machine_policy(text.encode())
    except MachinePolicyError:
        assert not is_known
    else:
        assert is_known


def test_neither_the_environment_nor_a_home_names_another_place(tmp_path: Path) -> None:
    program = "from foretrace_telemetry.machine_policy import PATH; print(PATH)"
    names = ("XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "HOME", "FORETRACE_HOME", "PROGRAMDATA")
    environment = {**os.environ, **dict.fromkeys(names, str(tmp_path))}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(machine_policy.PATH)
    assert str(tmp_path) not in done.stdout


def test_a_change_is_seen_and_what_stays_is_read_once(file: Path, at_once: None) -> None:
    watched = WatchedMachinePolicy()
    assert watched.policy == MachinePolicy()
    file.write_text('ceiling = "off"\n')
    first = watched.policy
    assert first.ceiling == "off"
    assert watched.policy is first
    file.unlink()
    assert watched.policy == MachinePolicy()


@pytest.mark.skipif(os.name == "nt", reason="modes say nothing on Windows")
def test_who_else_can_write_it_is_found(file: Path) -> None:
    file.write_text("")
    file.parent.chmod(0o755)
    file.chmod(0o644)
    own = os.geteuid() != 0  # then it is not the administrator's
    assert writable_by_others() == (file if own else None)
    file.chmod(0o664)
    assert writable_by_others() == file
    file.chmod(0o644)
    file.parent.chmod(0o777)
    assert writable_by_others() == (file if own else file.parent)


def test_what_was_allowed_holds_as_far_as_the_policy_goes(consented: Home, file: Path) -> None:
    file.write_text('recording = "metadata"\n')
    holds = read_consent(consented, NOW)
    assert holds.content is Content.METADATA
    assert holds.reason.endswith("; this machine's policy allows recording without text only")
    file.write_text('recording = "never"\nmessage = "Ask the desk."\n')
    holds = read_consent(consented, NOW)
    assert holds.content is None
    assert holds.reason == "this machine's policy forbids recording: Ask the desk"
    file.unlink()
    assert read_consent(consented, NOW).content is Content.FULL


def test_a_policy_allows_nothing_that_nobody_did(home: Home, file: Path) -> None:
    file.write_text('recording = "metadata"\n')
    holds = read_consent(home, NOW)
    assert (holds.content, holds.undecided) == (None, True)


def test_nobody_is_to_be_asked_where_recording_is_forbidden(home: Home, file: Path) -> None:
    file.write_text('recording = "never"\n')
    assert not read_consent(home, NOW).undecided


def test_no_more_is_granted_than_the_policy_allows(home: Home, file: Path) -> None:
    file.write_text('recording = "metadata"\n')
    with pytest.raises(ForbiddenError, match="without text only"):
        grant(home, [Scope.LOCAL], Content.FULL, "test", NOW)
    assert not home.consent_log.exists()
    grant(home, [Scope.LOCAL], Content.METADATA, "test", NOW)
    file.write_text('recording = "never"\n')
    with pytest.raises(ForbiddenError, match="forbids recording"):
        grant(home, [Scope.LOCAL], Content.METADATA, "test", NOW)


def test_the_gate_heeds_a_change_of_the_policy(consented: Home, file: Path, at_once: None) -> None:
    gate, contents = Gate(consented), []
    for text in ("", 'recording = "metadata"\n', "recording = nothing\n", ""):
        file.write_text(text)
        contents.append(gate.content)
    assert contents == [Content.FULL, Content.METADATA, None, Content.FULL]


def test_no_course_is_called_where_sending_is_forbidden(file: Path) -> None:
    file.write_text('sending = "never"\n')
    # Nobody listens there: whoever called would be told so.
    with pytest.raises(SendingForbiddenError, match="this machine's policy forbids sending"):
        Line("http://127.0.0.1:9").ask("GET", "/v1/course", 1.0)
