"""Courses for tests: a folder, students with tokens, the real server, and what a laptop sends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from attrs import define, frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from foretrace_server.collect.app import CONTENT_TYPE
from foretrace_server.collect.course import Course, create
from foretrace_server.collect.enrolment import Enrolments
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import Actor, Body, Erased, Event, Recorded
from foretrace_telemetry.exchange.segments import Segment, SegmentSession, encode
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import Replay, replay
from foretrace_telemetry.store import Store

GRANTED = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
GRANTED_US = int(GRANTED.timestamp() * 1e6)
DOCUMENT = "file:///home/student/search.py"


@frozen
class Answer:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    content: Any


@define
class Served:
    """A course and the process that serves it; with TLS, the certificate that is trusted."""

    course: Course
    port: int
    process: subprocess.Popen[str]
    trusted: Path | None = None

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request over a connection of its own."""
        connection = self._connection()
        all_headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        connection.request(method, path, body, {**all_headers, **(headers or {})})
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        content = json.loads(raw) if raw else None
        return Answer(response.status, dict(response.headers.items()), content)

    def push(self, token: str | None, body: Segment | bytes | Iterable[bytes]) -> Answer:
        """Send a segment."""
        sent = encode(body) if isinstance(body, Segment) else body
        headers = {"Content-Type": CONTENT_TYPE, "Content-Encoding": "gzip"}
        return self.ask("POST", "/v1/segments", token, sent, headers)

    def _connection(self) -> http.client.HTTPConnection:
        if self.trusted is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        context = ssl.create_default_context(cafile=self.trusted)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)

    def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask the process to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def make_course(folder: Path, *students: str) -> tuple[Course, dict[str, str]]:
    """Make a course; return it with the token of each student."""
    course = create("Programming 1", folder)
    issued = Enrolments(course).enrol(students)
    return course, {each.student: each.token for each in issued}


@contextmanager
def served(
    course: Course,
    *options: str,
    certificate: tuple[Path, Path] | None = None,
    prelude: str = "",
) -> Iterator[Served]:
    """Serve a course from a process of its own until the end, with TLS if there is a certificate.

    A certificate is a chain and a key. The process first runs `prelude`.
    """
    if certificate is not None:
        chain, key = certificate
        options = (*options, "--tls-certificate", str(chain), "--tls-key", str(key))
    program = f"{prelude}\nfrom foretrace_server.cli import main\nmain()"
    command = [sys.executable, "-c", program, "collect", "serve"]
    log = course.home.path.with_name(f"{course.home.path.name}.log")
    process = subprocess.Popen(
        [*command, "--path", str(course.home.path), "--port", "0", "--log-file", log, *options],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "FORETRACE_HOME": str(course.home.path.with_name("nowhere"))},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        trusted = certificate[0] if certificate is not None else None
        yield Served(course, int(line.rpartition(":")[2]), process, trusted)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1, signed by itself; return its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a course")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return chain, secret


def consent_lines(folder: Path, content: Content = Content.FULL) -> tuple[str, ...]:
    """Return the lines of the log of somebody who allowed that an instructor sees it."""
    home = Home(folder)
    if not home.consent_log.exists():
        grant(home, [Scope.INSTRUCTOR], content, "test", GRANTED, timedelta(days=36500))
    return tuple(home.consent_log.read_text().splitlines())


def segment(
    consent: tuple[str, ...],
    *bodies: Body,
    first: int = 1,
    name: str = "s-1",
    uri: str | None = DOCUMENT,
    wall_us: int = GRANTED_US + 1,
) -> Segment:
    """Return a segment with these events, which happened one microsecond after the other."""
    events, following = [], first
    for body in bodies:
        event = Event(wall_us + following, following, Actor.USER, body, uri, following)
        events.append(Recorded(name, following, event))
        following = (body.last if isinstance(body, Erased) else following) + 1
    session = SegmentSession(name, wall_us, "0.1.0", "an editor")
    return Segment(session, first, following - 1, consent, tuple(events))


def kept(course: Course, name: str) -> list[Recorded]:
    """Return the events that a course has of a session whose name begins so."""
    store = Store.read(course.home)
    try:
        (whole,) = [each for each in store.names() if each.startswith(name)]
        return list(store.events(whole))
    finally:
        store.close()


def replayed(course: Course, name: str) -> Replay:
    """Return what replaying a session of a course gives."""
    return replay(kept(course, name))
