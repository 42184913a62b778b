"""A course over HTTP: what is acknowledged is there, once, and nothing that nobody allowed."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from attrs import evolve
from tests.courses import (
    DOCUMENT,
    GRANTED,
    GRANTED_US,
    Served,
    consent_lines,
    kept,
    make_certificate,
    make_course,
    replayed,
    segment,
    served,
)
from tests.disks import small_disk
from tests.forensics import found_in

from foretrace_server.collect.course import create
from foretrace_server.collect.enrolment import Enrolments
from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import (
    Body,
    Closed,
    Edited,
    Erased,
    Opened,
    Recorded,
    Saved,
    Withheld,
)
from foretrace_telemetry.exchange.exporting import Format, export
from foretrace_telemetry.exchange.segments import LIMITS, encode
from foretrace_telemetry.exchange.sources import open_source
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, keep_derived
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import NoTracesError, Store

OPENED, EDITED = Opened("x = 1\n"), Edited(4, "1", "2")


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return consent_lines(tmp_path_factory.mktemp("laptop"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    """A course that serves many tests; each has students of its own."""
    students = [f"student {number}" for number in range(40)]
    course, tokens = make_course(tmp_path_factory.mktemp("course") / "c", *students)
    with served(course) as server:
        yield server, tokens


@pytest.fixture
def server(running: tuple[Served, dict[str, str]]) -> Served:
    return running[0]


@pytest.fixture
def token(running: tuple[Served, dict[str, str]]) -> str:
    """The token of a student who has sent nothing yet."""
    return running[1].popitem()[1]


def subject_of(server: Served, token: str) -> str:
    enrolment = Enrolments(server.course).of_token(token)
    assert enrolment is not None
    return enrolment.subject


def test_what_was_sent_is_there_and_replays(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    answer = server.push(token, segment(allowed, OPENED, EDITED, name="whole"))
    assert (answer.status, answer.content) == (200, {"session": "whole", "through": 2})
    assert server.push(token, segment(allowed, Saved(), first=3, name="whole")).status == 200
    result = replayed(server.course, "whole")
    assert result.exact
    assert result.texts == {DOCUMENT: "x = 2\n"}
    assert server.ask("GET", "/v1/sessions", token).content == {"sessions": {"whole": 3}}


def test_a_student_is_told_the_notice_before_joining(server: Served) -> None:
    answer = server.ask("GET", "/v1/course")
    assert answer.content["course"] == "Programming 1"
    assert answer.content["version"] == 1
    assert "pseudonym" in answer.content["notice"]


def test_the_same_events_are_taken_once(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    first, second = segment(allowed, OPENED, EDITED), segment(allowed, EDITED, Saved(), first=2)
    assert [server.push(token, each).status for each in (first, first, second, first)] == [200] * 4
    subject = subject_of(server, token)
    events = kept(server.course, f"s-1-{subject}")
    assert [each.event.body for each in events] == [OPENED, EDITED, Saved()]


def test_other_content_under_the_same_numbers_is_refused(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    server.push(token, segment(allowed, OPENED, EDITED))
    answer = server.push(token, segment(allowed, OPENED, Edited(4, "1", "3"), Saved()))
    assert (answer.status, answer.content["error"]) == (409, "differs")
    assert server.ask("GET", "/v1/sessions", token).content == {"sessions": {"s-1": 2}}


def test_what_came_too_early_is_told_where_to_begin(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    answer = server.push(token, segment(allowed, EDITED, first=3))
    assert (answer.status, answer.content["error"], answer.content["through"]) == (409, "gap", 0)
    assert server.ask("GET", "/v1/sessions", token).content == {"sessions": {}}
    server.push(token, segment(allowed, OPENED))
    answer = server.push(token, segment(allowed, EDITED, first=3))
    assert (answer.status, answer.content["through"]) == (409, 1)


def test_two_students_may_have_sessions_of_one_name(
    server: Served,
    running: tuple[Served, dict[str, str]],
    token: str,
    allowed: tuple[str, ...],
) -> None:
    other = running[1].popitem()[1]
    assert server.push(token, segment(allowed, OPENED, name="twin")).status == 200
    assert server.push(other, segment(allowed, Opened("another"), name="twin")).status == 200
    for each, text in ((token, "x = 1\n"), (other, "another")):
        result = replayed(server.course, f"twin-{subject_of(server, each)}")
        assert result.texts == {DOCUMENT: text}


def test_what_was_forgotten_on_the_laptop_comes_as_what_stands_for_it(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    gone = segment(allowed, Erased(1, 40, "not-covered"), uri=None, wall_us=GRANTED_US - 10**9)
    assert server.push(token, gone).content["through"] == 40
    assert server.push(token, segment(allowed, OPENED, first=41)).content["through"] == 41
    assert server.ask("GET", "/v1/sessions", token).content == {"sessions": {"s-1": 41}}
    assert server.push(token, gone).status == 200


def test_what_the_course_forgot_stays_forgotten_when_it_is_sent_again(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    whole = segment(allowed, OPENED, EDITED, name="forgotten")
    server.push(token, whole)
    name = f"forgotten-{subject_of(server, token)}"
    forget(server.course.home, Selection(frozenset({name})))
    assert server.push(token, whole).status == 200
    assert server.push(token, segment(allowed, Closed(), first=3, name="forgotten")).status == 200
    assert [each.event.body.kind for each in kept(server.course, name)] == ["erased", "close"]


@pytest.mark.parametrize("token_sent", [None, "", "wrong", "é", "a b", "x" * 9000])
def test_who_has_no_token_gets_nothing(
    server: Served, allowed: tuple[str, ...], token_sent: str | None
) -> None:
    for answer in (
        server.push(token_sent, segment(allowed, OPENED)),
        server.ask("GET", "/v1/sessions", token_sent),
        server.ask("POST", "/v1/withdraw", token_sent),
    ):
        assert (answer.status, answer.content["error"]) == (401, "unknown-token")
        assert "ask the instructor" in answer.content["message"]


def test_a_token_of_another_course_is_unknown(
    server: Served, tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    _, tokens = make_course(tmp_path / "other", "ada")
    assert server.push(tokens["ada"], segment(allowed, OPENED)).status == 401


def test_a_new_token_takes_the_place_of_the_old_one(
    server: Served, token: str, running: tuple[Served, dict[str, str]], allowed: tuple[str, ...]
) -> None:
    student = "one who lost the token"
    enrolments = Enrolments(server.course)
    (first,) = enrolments.enrol((student,))
    assert enrolments.enrol((student.upper(),)) == []
    (second,) = enrolments.enrol((student,), frozenset({student}))
    assert server.push(first.token, segment(allowed, OPENED)).status == 401
    assert server.push(second.token, segment(allowed, OPENED)).status == 200
    assert second.subject == first.subject


def test_nothing_is_taken_that_no_permission_covers(
    server: Served, token: str, tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    local, withdrawn = Home(tmp_path / "local"), Home(tmp_path / "withdrawn")
    grant(local, [Scope.RESEARCH], Content.FULL, "test", GRANTED)
    grant(withdrawn, [Scope.INSTRUCTOR], Content.FULL, "test", GRANTED)
    later = GRANTED + timedelta(days=1)
    decide(withdrawn, Action.WITHDRAW, "test", later, [Scope.INSTRUCTOR])
    forged = tuple(
        line.replace("metadata", "full")
        for line in consent_lines(tmp_path / "metadata", Content.METADATA)
    )
    for refused in (
        segment((), OPENED),
        segment(tuple(local.consent_log.read_text().splitlines()), OPENED),
        segment(tuple(withdrawn.consent_log.read_text().splitlines()), OPENED),
        segment((*forged, *forged), OPENED),
        segment(allowed, OPENED, wall_us=GRANTED_US - 10),
    ):
        answer = server.push(token, refused)
        assert (answer.status, answer.content["error"]) == (403, "not-covered")
    assert server.ask("GET", "/v1/sessions", token).content == {"sessions": {}}


def test_of_what_only_metadata_covers_no_text_is_kept(
    server: Served, token: str, tmp_path: Path
) -> None:
    lines = consent_lines(tmp_path / "metadata", Content.METADATA)
    sent = segment(lines, Opened("correct horse"), Edited(0, "", "staple"), name="meta")
    assert server.push(token, sent).status == 200
    events = kept(server.course, "meta")
    assert events[0].event.body == Opened(Withheld(13))
    assert events[1].event.body == Edited(0, Withheld(0), Withheld(6))
    assert events[0].event.uri is not None
    assert events[0].event.uri.startswith("withheld:")
    assert server.push(token, sent).status == 200  # and it is the same when it comes again
    assert found_in(server.course.home.path, {"correct horse", "staple"}) == set()


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"Content-Encoding": "gzip"}, "Content-Type: application/x-ndjson"),
        ({"Content-Type": "text/html", "Content-Encoding": "gzip"}, "Content-Type"),
        ({"Content-Type": "application/x-ndjson"}, "Content-Encoding: gzip"),
        ({"Content-Type": "application/x-ndjson", "Content-Encoding": "br"}, "gzip"),
    ],
)
def test_another_form_is_named(
    server: Served, token: str, headers: dict[str, str], named: str
) -> None:
    answer = server.ask("POST", "/v1/segments", token, b"x", headers)
    assert answer.status == 415
    assert named in answer.content["message"]


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"", 400, "breaks off"),
        (b"{}\n", 400, "no gzip stream"),
        (gzip.compress(b"<script>alert(1)</script>\n", mtime=0), 400, "line 1 is no JSON"),
        (gzip.compress(b"[" * 10**6 + b"\n"), 400, "line 1 is no JSON"),
        (gzip.compress(b"{}\n", mtime=0), 422, "not the header"),
    ],
)
def test_what_is_no_segment_is_refused_in_words_that_repeat_nothing(
    server: Served, token: str, body: bytes, status: int, named: str
) -> None:
    answer = server.push(token, body)
    assert answer.status == status
    assert named in answer.content["message"]
    assert "script" not in json.dumps(answer.content)


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/../b", "C:\\x", ".ssh", "a\0b"])
def test_a_session_is_no_path(
    server: Served, token: str, allowed: tuple[str, ...], name: str
) -> None:
    answer = server.push(token, segment(allowed, OPENED, name=name))
    assert answer.status == 422
    assert "name of a session" in answer.content["message"]


def test_documents_are_names_and_no_paths(
    server: Served, token: str, allowed: tuple[str, ...], tmp_path: Path
) -> None:
    uri = "file:///../../../../etc/cron.d/evil"
    code = "<script>alert(1)</script>\n=cmd|' /C calc'!A0\n\x1b[2J"
    sent = segment(allowed, Opened(code), name="traversal", uri=uri)
    assert server.push(token, sent).status == 200
    assert replayed(server.course, "traversal").texts == {uri: code}
    name = f"traversal-{subject_of(server, token)}"
    for form in (Format.PROGSNAP2, Format.CSV):
        export(server.course.home, form, tmp_path / form.value, [name])
    inside = {path.name for path in tmp_path.rglob("*")}
    assert not {"evil", "cron.d", "etc"} & inside
    assert not (tmp_path.parent / "etc").exists()


def test_formulas_of_a_student_are_text_in_the_table(
    server: Served, token: str, allowed: tuple[str, ...], tmp_path: Path
) -> None:
    server.push(token, segment(allowed, Opened("=1+1"), name="formula"))
    name = f"formula-{subject_of(server, token)}"
    export(server.course.home, Format.CSV, tmp_path / "table.csv", [name])
    assert ",'=1+1," in (tmp_path / "table.csv").read_text(encoding="utf-8-sig")


def test_ten_gigabytes_are_refused_before_they_have_come(server: Served, token: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        head = (
            f"POST /v1/segments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"
        )
        connection.sendall(f"{head}Content-Length: {10 * 2**30}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"send fewer" in answer


def test_a_body_without_an_end_is_refused_while_it_comes(server: Served, token: str) -> None:
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(
            f"POST /v1/segments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        part = b"10000\r\n" + bytes(2**16) + b"\r\n"
        try:
            while sent < 100 * LIMITS.most_bytes:
                connection.sendall(part)
                sent += 2**16
        except OSError:
            pass  # it was closed
    assert sent < 100 * LIMITS.most_bytes
    assert server.ask("GET", "/v1/course").status == 200


def test_a_bomb_does_not_go_off(server: Served, token: str) -> None:
    deflater = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    bomb = b"".join(deflater.compress(bytes(2**20)) for _ in range(200)) + deflater.flush()
    assert len(bomb) < LIMITS.most_bytes
    answer = server.push(token, bomb)
    assert answer.status == 413
    assert "a line has more than" in answer.content["message"]


def test_a_connection_that_ends_in_the_middle_leaves_nothing(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    raw = encode(segment(allowed, OPENED))
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(
            f"POST /v1/segments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n".encode()
            + raw[:20]
        )
    assert server.ask("GET", "/v1/sessions", token).content == {"sessions": {}}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/x", 404), ("GET", "/v1/segments", 405), ("GET", "/v1/../course.json", 404)],
)
def test_what_there_is_not_is_answered_as_all_else(
    server: Served, method: str, path: str, status: int
) -> None:
    answer = server.ask(method, path)
    assert (answer.status, answer.content["error"]) == (status, "request")


def test_many_at_once_are_all_taken_in_their_order(
    server: Served, running: tuple[Served, dict[str, str]], allowed: tuple[str, ...]
) -> None:
    tokens = [running[1].popitem()[1] for _ in range(4)]
    ends: list[int] = []

    def send(token: str) -> None:
        text = ""
        server.push(token, segment(allowed, Opened(""), name="many"))
        for number in range(2, 22):
            edit = Edited(len(text), "", "a")
            text += "a"
            ends.append(
                server.push(token, segment(allowed, edit, first=number, name="many")).status
            )

    threads = [threading.Thread(target=send, args=[each]) for each in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == [200] * 80
    for each in tokens:
        result = replayed(server.course, f"many-{subject_of(server, each)}")
        assert (result.exact, result.texts) == (True, {DOCUMENT: "a" * 20})


@pytest.mark.parametrize("name", ["editing_traces", "vscode_edit_recordings"])
def test_real_editing_arrives_as_it_was(
    data: Path, tmp_path: Path, allowed: tuple[str, ...], name: str
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    _, sources = open_source(data / name)
    with served(course) as server:
        for number, incoming in enumerate(islice(sources, 3)):
            session = f"real-{number}"
            events = islice(incoming.events(), 12_000)
            first, bodies = 1, [(each.uri, each.body) for each in events]
            sent: list[Recorded] = []
            while part := bodies[first - 1 : first - 1 + 2500]:
                whole = segment(allowed, *(body for _, body in part), first=first, name=session)
                pairs = zip(whole.events, part, strict=True)
                named = tuple(evolve(r, event=evolve(r.event, uri=uri)) for r, (uri, _) in pairs)
                assert server.push(tokens["ada"], evolve(whole, events=named)).status == 200
                sent += named
                first += len(part)
            events_here = kept(course, f"{session}-")
            assert [each.event for each in events_here] == [each.event for each in sent]
            assert replayed(course, f"{session}-").texts == replay(sent).texts


def test_who_withdraws_is_erased_to_the_byte_and_nobody_else(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada", "bob")
    long = "correct horse battery staple " * 20
    with served(course) as server:
        for student, text in (("ada", long), ("bob", "tr0ub4dor&3")):
            sent = segment(allowed, Opened(text), Edited(0, "", f"of {student}"))
            assert server.push(tokens[student], sent).status == 200
        name = f"s-1-{subject_of(server, tokens['ada'])}"
        export(course.home, Format.CSV, tmp_path / "out.csv")
        keep_derived(course.home, Derived("vector", "ada", (name,), b"horse"))
        marks = {"correct horse", "of ada", "horse"}
        assert found_in(course.home.path, marks) == marks
        answer = server.ask("POST", "/v1/withdraw", tokens["ada"])
        assert answer.status == 200
        told = answer.content
        assert (told["sessions"], told["events"], told["documents"]) == (1, 2, 1)
        assert told["derived"] == ["vector ada"]
        assert [each["format"] for each in told["exports"]] == ["csv"]
        assert told["complete"]
        assert str(tmp_path) not in json.dumps(told)
        assert found_in(course.home.path, marks) == set()
        # It can be asked again, and nothing comes in any more.
        assert server.ask("POST", "/v1/withdraw", tokens["ada"]).content == told
        answer = server.push(tokens["ada"], segment(allowed, OPENED, name="s-2"))
        assert (answer.status, answer.content["error"]) == (403, "withdrawn")
        # The document of the other has the same name, and stays.
        bob = subject_of(server, tokens["bob"])
        assert replayed(course, f"s-1-{bob}").texts == {DOCUMENT: "of bobtr0ub4dor&3"}
        assert server.push(tokens["bob"], segment(allowed, Saved(), first=3)).status == 200


def test_while_another_reads_a_withdrawal_says_that_old_bytes_stay_and_is_finished_later(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened("correct horse"), EDITED))
        with closing(Store.read(course.home)) as reader:
            events = reader.events(reader.names()[0])
            next(events)
            told = server.ask("POST", "/v1/withdraw", tokens["ada"]).content
            assert (told["events"], told["complete"]) == (2, False)
            del events
        told = server.ask("POST", "/v1/withdraw", tokens["ada"]).content
        assert (told["events"], told["complete"]) == (2, True)
        assert found_in(course.home.path, {"correct horse"}) == set()


def test_a_withdrawal_that_was_begun_is_finished_at_the_next_start(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened("correct horse")))
        server.kill()
    enrolments = Enrolments(course)
    enrolment = enrolments.of_token(tokens["ada"])
    assert enrolment is not None
    enrolments.withdraw(enrolment.subject)
    with served(course) as server:
        assert server.ask("GET", "/v1/course").status == 200
        assert found_in(course.home.path, {"correct horse"}) == set()


def test_who_withdrew_can_join_again_with_a_new_token(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened("correct horse")))
        server.ask("POST", "/v1/withdraw", tokens["ada"])
        (issued,) = Enrolments(course).enrol(("ada",), frozenset({"ada"}))
        assert server.push(issued.token, segment(allowed, OPENED, name="s-2")).status == 200
        assert found_in(course.home.path, {"correct horse"}) == set()


def test_what_was_acknowledged_is_there_after_the_server_was_killed(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    acknowledged = 0
    for ending in range(4):
        with served(course) as server:
            timer = threading.Timer(0.3 + ending * 0.2, server.kill)
            timer.start()
            try:
                while True:
                    first = acknowledged + 1
                    bodies: list[Body] = [Edited(0, "", "a")] * 10
                    if first == 1:
                        bodies[0] = Opened("")
                    answer = server.push(tokens["ada"], segment(allowed, *bodies, first=first))
                    assert answer.status == 200
                    acknowledged = answer.content["through"]
            except (OSError, http.client.HTTPException):
                pass  # it was killed
            timer.join()
    assert acknowledged
    with served(course) as server:
        (through,) = server.ask("GET", "/v1/sessions", tokens["ada"]).content["sessions"].values()
        assert through - acknowledged in (0, 10)  # what was written and not yet answered, once
    result = replayed(course, "s-1")
    assert result.exact
    assert result.texts == {DOCUMENT: "a" * (through - 1)}


def test_told_to_stop_it_ends_well(tmp_path: Path, allowed: tuple[str, ...]) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, OPENED))
        assert server.stop() == 0
    assert not course.home.write_ahead_log.exists()
    assert replayed(course, "s-1").exact


def test_with_a_certificate_nobody_on_the_way_can_read_along(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    certificate = make_certificate(tmp_path)
    with served(course, "--host", "0.0.0.0", certificate=certificate) as server:
        assert server.push(tokens["ada"], segment(allowed, OPENED)).status == 200
        in_the_clear = evolve(server, trusted=None)
        with pytest.raises((OSError, http.client.HTTPException)):
            in_the_clear.ask("GET", "/v1/course")


def test_on_a_full_disk_it_asks_to_try_again_and_goes_on_when_there_is_room(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        course, tokens = make_course(disk.path / "c", "ada")
        with served(course, "--log-file", str(tmp_path / "log")) as server:
            assert server.push(tokens["ada"], segment(allowed, OPENED)).status == 200
            filler = disk.fill()
            text = "".join(map(chr, range(0x4E00, 0x9000)))
            sent = segment(allowed, Edited(0, "", text), first=2)
            answer = server.push(tokens["ada"], sent)
            assert (answer.status, answer.content["error"]) == (503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
            filler.unlink()
            assert server.push(tokens["ada"], sent).status == 200
            assert replayed(course, "s-1").exact
            assert server.stop() == 0


def test_on_a_full_disk_a_withdrawal_waits_for_room_and_nothing_more_is_taken(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        course, tokens = make_course(disk.path / "c", "ada")
        with served(course, "--log-file", str(tmp_path / "log")) as server:
            secret = "".join(map(chr, range(0x4E00, 0x9000)))
            assert server.push(tokens["ada"], segment(allowed, Opened(secret))).status == 200
            filler = disk.fill()
            answer = server.ask("POST", "/v1/withdraw", tokens["ada"])
            assert answer.status == 503 or not answer.content["complete"]
            filler.unlink()
            answer = server.ask("POST", "/v1/withdraw", tokens["ada"])
            assert (answer.status, answer.content["complete"]) == (200, True)
            assert answer.content["events"] == 1
            assert server.push(tokens["ada"], segment(allowed, EDITED, first=2)).status == 403
        assert found_in(course.home.path, {secret[:20]}) == set()


def test_the_log_has_nothing_of_what_was_sent(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    server.push(token, segment(allowed, Opened("correct horse")))
    server.push(token, gzip.compress(b"correct horse\n"))
    log = server.course.home.path.with_name("c.log").read_text()
    assert "events 1 to 1 of session s-1" in log
    for hidden in ("correct horse", token, "search.py"):
        assert hidden not in log


def test_the_folder_holds_no_token_and_no_name(server: Served, token: str) -> None:
    assert found_in(server.course.home.path, {token, "student 1"}) == set()


def test_nothing_is_recorded_of_a_course_before_something_comes(tmp_path: Path) -> None:
    course = create("Empty", tmp_path / "c")
    with pytest.raises(NoTracesError):
        Store.read(course.home)
    assert evolve(course.home) == Home(tmp_path / "c")
