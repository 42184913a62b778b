"""Calling a course: what its answers mean, whom the laptop trusts, and where the token goes."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.scripted_course import TOKEN, scripted_course

from foretrace_telemetry.sending.calling import (
    Answer,
    Line,
    Meaning,
    UnreachableError,
    meaning_of,
    printable,
)


@pytest.mark.parametrize(
    ("status", "value", "meaning"),
    [
        (200, {"session": "s", "through": 5}, Meaning.TAKEN),
        (200, {}, Meaning.LATER),
        (200, {"through": "5"}, Meaning.LATER),
        (200, {"through": -1}, Meaning.LATER),
        (409, {"error": "gap", "through": 3}, Meaning.GAP),
        (409, {"error": "gap"}, Meaning.REFUSED),
        (409, {"error": "differs"}, Meaning.REFUSED),
        (403, {"error": "withdrawn"}, Meaning.WITHDRAWN),
        (403, {"error": "not-covered"}, Meaning.REFUSED),
        (403, {}, Meaning.LATER),
        (400, {"error": "unreadable"}, Meaning.REFUSED),
        (400, {}, Meaning.LATER),
        (413, {"error": "too-large"}, Meaning.REFUSED),
        (415, {"error": "type"}, Meaning.REFUSED),
        (422, {"error": "invalid"}, Meaning.REFUSED),
        (401, {"error": "unknown-token"}, Meaning.LATER),
        (404, {"error": "request"}, Meaning.LATER),
        (408, {"error": "slow"}, Meaning.LATER),
        (429, {"error": "slow down"}, Meaning.LATER),
        (503, {"error": "unavailable"}, Meaning.LATER),
        (302, {}, Meaning.LATER),
    ],
)
def test_only_what_is_wrong_with_a_segment_puts_it_aside(
    status: int, value: dict[str, Any], meaning: Meaning
) -> None:
    assert meaning_of(Answer(status, value)) is meaning


def test_the_reason_is_the_courses_own_words_on_one_line_and_short() -> None:
    assert (
        Answer(422, {"error": "invalid", "message": "no\x1b[2J\nevent"}).reason
        == "no\ufffd[2J event"
    )
    assert Answer(422, {"error": "invalid"}).reason == "invalid"
    assert Answer(502, {}).reason == "it answers 502"
    assert len(Answer(422, {"error": "x" * 10_000}).reason) < 1000


def test_what_would_move_or_hide_on_a_terminal_is_not_printed() -> None:
    assert printable("a\nb\x1b\r\u202ec") == "a\nb\ufffd\ufffd\ufffdc"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
        # By the clock of the course: that of the laptop may be wrong.
        (
            {
                "Date": "Sun, 01 Mar 2015 12:00:00 GMT",
                "Retry-After": "Sun, 01 Mar 2015 12:01:30 GMT",
            },
            90.0,
        ),
        ({"Retry-After": "Sun, 01 Mar 2015 12:00:00 GMT"}, None),
    ],
)
def test_when_to_come_again_is_a_number_or_a_time(
    headers: dict[str, str], seconds: float | None
) -> None:
    with scripted_course() as course:
        course.script.append((503, {"error": "busy"}, headers))
        assert Line(course.address).ask("POST", "/v1/withdraw", 10).retry_after_seconds == seconds


def test_an_answer_without_an_end_is_not_read_on() -> None:
    with scripted_course() as course:
        course.script.append((200, b'{"through": 1, "x": "' + b"x" * (5 << 20) + b'"}', {}))
        assert Line(course.address).ask("POST", "/v1/withdraw", 10).value == {}


def test_a_certificate_that_the_system_does_not_trust_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with scripted_course(context) as course:
        address = course.address.replace("127.0.0.1", "localhost")
        with pytest.raises(UnreachableError, match="certificate"):
            Line(address, TOKEN).ask("GET", "/v1/course", 10)
        assert course.tokens == []
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        assert Line(address, TOKEN).ask("GET", "/v1/course", 10).status == 200
        with pytest.raises(UnreachableError, match="certificate"):  # it is not for this name
            Line(course.address, TOKEN).ask("GET", "/v1/course", 10)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for `localhost` that signs itself; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, private


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """Run a proxy that lets nothing through; give its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append(f"{self.requestline}\n{self.headers}")
            self.send_error(502)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def test_the_proxy_of_the_environment_is_used_and_does_not_see_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with proxy() as (address, asked):
        monkeypatch.setenv("HTTPS_PROXY", address)
        with pytest.raises(UnreachableError, match="502"):
            Line("https://course.example.org", TOKEN).ask("GET", "/v1/course", 10)
        (request,) = asked
        assert request.startswith("CONNECT course.example.org:443")
        assert TOKEN not in request


def test_a_course_on_this_computer_is_asked_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with scripted_course() as course:
        assert Line(course.address).ask("GET", "/v1/course", 10).status == 200
