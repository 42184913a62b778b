"""Whoever reaches a course's server can send it anything: it answers, and grows no larger."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.courses import (
    GRANTED_US,
    Served,
    consent_lines,
    kept,
    make_course,
    segment,
    served,
)
from tests.forensics import found_in

from foretrace_server.collect.course import Course
from foretrace_server.collect.enrolment import Enrolments
from foretrace_telemetry.events import Closed, Edited, Opened
from foretrace_telemetry.exchange.segments import LIMITS
from foretrace_telemetry.store import SessionInfo, Store

OPENED = Opened("x = 1\n")
# So that a test need not wait as long as a slow network is given.
IMPATIENT = """
from foretrace_server.collect import app, connections
app._BODY_SECONDS = connections._HEAD_SECONDS = 1.0
"""
_MEMORY = re.compile(r"VmHWM:\s+(\d+) kB")


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return consent_lines(tmp_path_factory.mktemp("laptop"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    course, tokens = make_course(tmp_path_factory.mktemp("course") / "c", "ada", "bob", "carol")
    with served(course, prelude=IMPATIENT) as server:
        yield server, tokens


@pytest.fixture
def server(running: tuple[Served, dict[str, str]]) -> Served:
    return running[0]


@pytest.fixture
def token(running: tuple[Served, dict[str, str]]) -> str:
    return running[1]["ada"]


def head(token: str, *lines: str) -> bytes:
    """Return the head of a request that sends a segment, with further lines."""
    own = (
        "POST /v1/segments HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {token}",
        "Content-Type: application/x-ndjson",
        "Content-Encoding: gzip",
    )
    return "\r\n".join((*own, *lines, "", "")).encode()


def answered(server: Served, sent: bytes) -> bytes:
    """Return everything that is answered on one connection, until the server closes it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(sent)
        return rest_of(connection)


def rest_of(connection: socket.socket) -> bytes:
    """Return what still comes until the other side closes a connection, or breaks it off."""
    parts = []
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def most_bytes(server: Served) -> int:
    """Return the most memory that the server ever had."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        pytest.skip("memory is looked up in /proc")
    found = _MEMORY.search(status.read_text())
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.parametrize("sent", [b"", b"G", b"GET /v1/course HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_come_ends_the_connection(server: Served, sent: bytes) -> None:
    assert b"HTTP/1.1 200" not in answered(server, sent)


def test_a_head_that_does_not_come_after_a_good_one_ends_the_connection(server: Served) -> None:
    asked = b"GET /v1/course HTTP/1.1\r\nHost: x\r\n\r\n"
    assert answered(server, asked + b"GET /v1/co").count(b"HTTP/1.1 200") == 1


def test_a_body_that_comes_too_slowly_is_told_so(server: Served, token: str) -> None:
    answer = answered(server, head(token, "Content-Length: 1000", "Connection: close") + b"x")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"slow"' in answer


def test_many_who_come_slowly_keep_nobody_out_for_long(
    server: Served, token: str, allowed: tuple[str, ...]
) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(600)]
    try:
        for each in slow:
            each.sendall(b"POST /v1/segments HTTP/1.1\r\n")
        for each in slow:  # until the server has given up on it
            assert b"HTTP/1.1 200" not in rest_of(each)
        assert server.push(token, segment(allowed, OPENED, name="after-slow")).status == 200
    finally:
        for each in slow:
            each.close()


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
        ("Content-Length: 4", "Content-Length: 5"),
        ("Content-Length: 4, 5",),
        ("Content-Length: +4",),
        ("Content-Length: -1",),
        ("Content-Length: 0x4",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked",),
        ("X: y\r\n Transfer-Encoding: chunked", "Content-Length : 4"),
        ("X: a\0b",),
        (f"X: {'a' * 100_000}",),
    ],
)
def test_what_says_in_two_ways_where_it_ends_hides_no_second_request(
    server: Served, token: str, lines: tuple[str, ...]
) -> None:
    hidden = f"GET /v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    answer = answered(server, head(token, *lines) + b"0\r\n\r\n" + hidden.encode())
    assert set(re.findall(rb"HTTP/1.1 (\d+)", answer)) in ({b"400"}, {b"501"})
    assert b"sessions" not in answer


def test_a_token_is_taken_from_one_header_only(server: Served, token: str) -> None:
    for lines in (
        f"Authorization: Bearer wrong\r\nAuthorization: Bearer {token}",
        f"X-Authorization: Bearer {token}",
        f"Proxy-Authorization: Bearer {token}",
        f"Cookie: token={token}",
    ):
        asked = f"GET /v1/sessions HTTP/1.1\r\nHost: x\r\n{lines}\r\nConnection: close\r\n\r\n"
        assert answered(server, asked.encode()).startswith(b"HTTP/1.1 401"), lines
    assert server.ask("GET", f"/v1/sessions?token={token}").status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/../course.json",
        "/v1/../pseudonym-key",
        "/v1/%2e%2e/pseudonym-key",
        "/%2e%2e%2f%2e%2e%2fetc/passwd",
        "//etc/passwd",
        "/v1/segments/../../enrolments.db",
        "/v1/course/",
        "/v1/course%00",
        "/traces.db",
        "http://elsewhere/v1/../traces.db",
        "/..\\..\\enrolments.db",
        "/" + "a" * 10_000,
    ],
)
def test_no_path_leads_to_a_file(server: Served, token: str, path: str) -> None:
    asked = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    answer = answered(server, f"{asked}Connection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (404|400|307) ", answer), answer
    for inside in (b"SQLite", b'"notice"', b"root:"):
        assert inside not in answer


def test_bodies_without_an_end_take_no_memory(server: Served, token: str) -> None:
    assert server.ask("GET", "/v1/course").status == 200
    before = most_bytes(server)

    def send() -> None:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(head(token, "Transfer-Encoding: chunked"))
            part = b"100000\r\n" + bytes(2**20) + b"\r\n"
            try:
                for _ in range(10 * 2**10):  # ten gigabytes
                    connection.sendall(part)
            except OSError:
                return  # it was closed
        pytest.fail("ten gigabytes were taken")

    senders = [threading.Thread(target=send) for _ in range(8)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert server.ask("GET", "/v1/course").status == 200
    # Each connection may hold a whole segment, and what one segment takes while it is read.
    assert most_bytes(server) - before < 8 * 2 * LIMITS.most_bytes + 2 * LIMITS.most_inflated_bytes


def test_ten_thousand_sessions_of_one_student_hinder_nobody(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada", "bob")
    subject = course.subject_of("ada", course.key())
    with served(course) as server:
        assert server.push(tokens["ada"], segment(allowed, Opened("correct horse"))).status == 200
        add_sessions(course, subject, 10_000)
        whole = segment(allowed, OPENED, Edited(0, "", "horse"), name="one-more")
        assert server.push(tokens["ada"], whole).content["through"] == 2
        found = server.ask("GET", "/v1/sessions", tokens["ada"]).content["sessions"]
        assert len(found) == 10_002
        assert server.push(tokens["bob"], segment(allowed, OPENED, name="of-bob")).status == 200
        told = server.ask("POST", "/v1/withdraw", tokens["ada"]).content
        assert (told["sessions"], told["events"]) == (10_002, 10_003)
        assert server.push(tokens["bob"], segment(allowed, Closed(), first=2, name="of-bob")).status
    assert found_in(course.home.path, {"correct horse"}) == set()
    assert len(kept(course, "of-bob")) == 2


def add_sessions(course: Course, subject: str, count: int) -> None:
    """Add sessions as a course keeps them, each with one event."""
    event = segment((), OPENED).events[0].event
    with closing(Store.create(course.home)) as store:
        store.db.execute("PRAGMA synchronous = OFF")  # 10,000 times the disk would take a while
        for number in range(count):
            name = f"many-{number}-{subject}"
            info = SessionInfo(name, GRANTED_US, "0.1", subject=subject, source="collect")
            store.begin_session(info).append_whole([event])


def test_a_segment_that_was_taken_whole_is_no_way_to_another_student(
    server: Served, running: tuple[Served, dict[str, str]], allowed: tuple[str, ...]
) -> None:
    bob, carol = running[1]["bob"], running[1]["carol"]
    assert server.push(bob, segment(allowed, Opened("of bob"), name="private")).status == 200
    subject = Enrolments(server.course).of_token(bob)
    assert subject is not None
    # Neither under its own name nor under that which the course gives it.
    for name in ("private", f"private-{subject.subject}"):
        answer = server.push(carol, segment(allowed, Edited(0, "", "x"), first=2, name=name))
        assert (answer.status, answer.content["through"]) == (409, 0)
    assert [each.event.body for each in kept(server.course, "private")] == [Opened("of bob")]
