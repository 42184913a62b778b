from __future__ import annotations

import gzip
import json
import os
from contextlib import closing
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.models.gap_people import shuffled, somebody
from tests.stored import contents

from foretrace_models.gap.streams import Stream
from foretrace_server.analysing.stream_files import read_streams, write_streams
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    IntentNoted,
    IntentStage,
    Origin,
    RunFinished,
    SuggestionMoved,
    SuggestionStage,
    Viewed,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store

PEOPLE = [somebody(f"person {number}") for number in range(12)]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log of real people, and one of the same people shuffled."""
    folder = tmp_path_factory.mktemp("logs")
    write_streams(PEOPLE, folder / "events.csv.gz")
    write_streams([shuffled(each) for each in PEOPLE], folder / "shuffled.csv.gz")
    return folder


def test_a_report_has_a_summary_tables_and_pictures_that_say_what_they_show(
    home: Home, logs: Path, tmp_path: Path
) -> None:
    before, out, again = contents(logs), tmp_path / "report", tmp_path / "again"
    sides = str(logs), str(logs / "shuffled.csv.gz")
    done = foretrace(home, "analyse", "gap", *sides, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "are harder to foretell from the last event" in done.stdout
    page = (out / "report.md").read_text("utf-8")
    assert "| burstiness, -1 to 1 |" in page
    pictures = sorted(path.name for path in out.glob("*.svg"))
    assert [f"]({name})" in page for name in pictures] == [True] * 5
    for name in pictures:
        drawn = (out / name).read_text("utf-8")
        assert "<dc:description>" in drawn
        assert "<dc:date>" not in drawn
    assert contents(logs) == before
    assert not home.path.exists()

    told = foretrace(home, "analyse", "gap", *sides, "--out", str(again), "--json")
    assert contents(again) == contents(out)
    assert "measuring" in told.stderr
    gap = json.loads(told.stdout)
    assert gap["real"] == {"dataset": f"the log {logs.name}", "people": 12, "left_out": 0}
    assert (gap["events"], gap["seed"], gap["paired"]) == (400, 7, True)
    assert {each["group"] for each in gap["measures"]} == {"diversity", "time", "exploration"}
    assert [each["n"] for each in gap["coverage"]] == [1, 2, 3, 4]
    assert [each["seen"] for each in gap["told_apart"]] == ["events", "times", "events and times"]


def test_simulated_people_can_be_compared_with_those_they_stand_for(
    home: Home, logs: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made.csv.gz"
    told = foretrace_json(
        home, "analyse", "simulate", str(logs), "--by", "markov1", "--out", str(made)
    )
    assert (told["people"], told["events"]) == (12, 12 * 400)
    gap = foretrace_json(home, "analyse", "gap", str(logs), str(made))
    found = {each["name"]: each for each in gap["measures"]}
    assert abs(found["entropy of the next event"]["difference"]["value"]) < 0.2
    again = tmp_path / "again.csv.gz"
    foretrace(home, "analyse", "simulate", str(logs), "--by", "markov1", "--out", str(again))
    assert again.read_bytes() == made.read_bytes()


def test_a_log_that_was_written_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write_streams(PEOPLE, tmp_path / "sub" / "a.csv.gz")
    _, streams = read_streams(str(tmp_path / "sub" / "a.csv.gz"))
    for one, other in zip(PEOPLE, streams, strict=True):
        assert (one.person, list(one.times_s)) == (other.person, list(other.times_s))
        assert list(one.events) == list(other.events)


def test_what_people_did_is_read_from_what_was_recorded(consented: Home) -> None:
    acts: list[tuple[Body, Actor]] = [
        (Viewed(), Actor.USER),
        (Edited(0, "", "x", Origin.TYPED), Actor.USER),
        (Edited(0, "", "x = 1", Origin.ASSISTANT), Actor.ASSISTANT),
        (SuggestionMoved("1", SuggestionStage.OFFERED), Actor.ASSISTANT),
        (SuggestionMoved("1", SuggestionStage.DISMISSED), Actor.USER),
        (IntentNoted(IntentStage.PREDICTED, "reading code"), Actor.TOOL),
        (RunFinished(0), Actor.USER),
    ]
    with closing(Store.create(consented)) as store:
        for name, source in (("mine", None), ("theirs", "a bundle")):
            subject = "ada" if source else None
            writer = store.begin_session(SessionInfo(name, 0, "1", subject=subject, source=source))
            writer.append(
                [
                    Event(1_500_000 * at, at, actor, body, "file:///x.py")
                    for at, (body, actor) in enumerate(acts)
                ]
            )
    _, streams = read_streams(str(consented.path))
    assert [stream.person for stream in streams] == ["you", "ada"]
    for stream in streams:
        assert list(stream.events) == ["view", "edit typed", "suggestion dismissed", "run"]
        assert list(stream.times_s) == [0, 1, 6, 9]
        assert set(stream.places or ()) == {"file:///x.py"}
    done = foretrace(consented, "analyse", "gap", "recorded", "recorded")
    assert done.returncode == 2
    assert "nobody on one side has the 100 events that are needed; the most are 4" in done.stderr


def test_lines_of_json_may_tell_files(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    rows = [
        {"person": each.person, "time_s": time_s + 0.5, "event": event, "place": event[:4]}
        for each in PEOPLE[:3]
        for time_s, event in zip(each.times_s, each.events, strict=True)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    gap = foretrace_json(home, "analyse", "gap", str(file), str(file))
    found = {each["name"]: each for each in gap["measures"]}
    assert found["returns to an earlier file"]["difference"]["value"] == 0


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("missing", None, "has nothing to compare"),
        ("text.txt", b"hello", "has nothing to compare"),
        ("a.csv.gz", b"no gzip", "cannot be read"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0), "its columns are not"),
        (
            "a.csv.gz",
            gzip.compress(b"timestamp,developer_id,message\nnever,1,x\n", mtime=0),
            "line 2",
        ),
        ("a.jsonl", b'{"person": "a", "time_s": 0, "event": "x"}\nnonsense\n', "line 2"),
        ("a.jsonl", b'{"person": "a", "time_s": "0", "event": "x"}\n', "time_s must be a number"),
        ("a.jsonl", b'{"person": 1, "time_s": 0, "event": "x"}\n', "must be texts"),
        ("a.jsonl", b"[]\n", "line 1"),
        ("a.jsonl", b'{"person": "a", "time_s": 1e400, "event": "x"}\n', "line 1"),
        ("a.jsonl", b"\xff\n", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told(
    tmp_path: Path, name: str, content: bytes | None, complaint: str
) -> None:
    bad = tmp_path / name
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises((ValueError, OSError), match=complaint):
        read_streams(str(bad))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "has nothing to compare"),
        ("timestamp,developer_id,message\n", "the most are 0"),
        ("timestamp,developer_id,message\n2020-01-01 10:00:00,1,x\n", "the most are 1"),
    ],
)
def test_what_cannot_be_compared_ends_with_exit_code_2_and_writes_nothing(
    home: Home, logs: Path, tmp_path: Path, text: str | None, complaint: str
) -> None:
    bad, out = tmp_path / "bad.csv.gz", tmp_path / "out"
    if text is not None:
        bad.write_bytes(gzip.compress(text.encode()))
    done = foretrace(home, "analyse", "gap", str(logs), str(bad), "--out", str(out), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert not out.exists()


def test_nothing_recorded_is_told(home: Home) -> None:
    done = foretrace(home, "analyse", "gap", "recorded", "recorded")
    assert done.returncode == 2
    assert "nothing is recorded" in done.stderr
    assert not home.path.exists()


def test_a_log_to_be_written_must_be_known_by_its_name(
    home: Home, logs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "made.csv"
    done = foretrace(home, "analyse", "simulate", str(logs), "--by", "markov2", "--out", str(out))
    assert done.returncode == 2
    assert ".csv.gz" in done.stderr
    assert not out.exists()


def test_a_report_without_what_draws_says_how_to_get_it(
    home: Home, logs: Path, tmp_path: Path
) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('there is no matplotlib')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    out = tmp_path / "out"
    done = foretrace(
        home, "analyse", "gap", str(logs), str(logs), "--out", str(out), PYTHONPATH=path
    )
    assert done.returncode == 2
    assert "pip install 'foretrace[analyse]'" in done.stderr
    assert not out.exists()


def test_real_people_are_told_from_a_chain_and_not_from_themselves(
    data: Path, home: Home, tmp_path: Path
) -> None:
    source = data / "abb_ide_events"
    if not source.is_dir():
        pytest.skip("there are no logs of ABB's developers in FORETRACE_TEST_DATA")
    _, streams = read_streams(str(source))
    some = [Stream(each.person, each.times_s[:4000], each.events[:4000]) for each in streams[:20]]
    real, made = tmp_path / "real.csv.gz", tmp_path / "made.csv.gz"
    write_streams(some, real)
    foretrace(home, "analyse", "simulate", str(real), "--by", "markov1", "--out", str(made))
    chain, same = (
        foretrace_json(home, "analyse", "gap", str(real), str(other)) for other in (made, real)
    )
    assert chain["told_apart"][-1]["auc"]["value"] > 0.9
    assert same["told_apart"][-1]["auc"]["value"] == pytest.approx(0.5)
