"""Serving a course: on which address, behind which certificate, until told to stop."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from pathlib import Path

import uvicorn
from attrs import frozen

from foretrace_server.collect.app import make_app
from foretrace_server.collect.connections import Impatient
from foretrace_server.collect.course import Course

_MOST_CONNECTIONS = 500
_IDLE_SECONDS = 30
_STOP_SECONDS = 20


class AddressError(ValueError):
    """It cannot be served so; the message says what to do."""


@frozen
class Certificate:
    """A certificate with its chain, and its key, as PEM files."""

    chain: Path
    key: Path


def check_address(host: str, certificate: Certificate | None, behind_proxy: bool) -> None:
    """See to it that what is sent cannot be read on its way.

    Raises:
        AddressError: it could be, or the certificate cannot be used.
    """
    if certificate is not None:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                certificate.chain, certificate.key, password=_no_password
            )
        except (OSError, ValueError) as error:
            raise AddressError(f"the certificate and its key cannot be used: {error}") from error
    elif not behind_proxy and not _is_loopback(host):
        raise AddressError(
            f"{host} can be reached from elsewhere, and without TLS everybody on the way could "
            "read along: name a certificate, or say that a proxy does it with --behind-proxy"
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        OSError: there is no such address, or something listens there.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it lets two programs listen at once
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def serve(
    course: Course, listener: socket.socket, certificate: Certificate | None, behind_proxy: bool
) -> bool:
    """Serve until SIGTERM or SIGINT, and finish what was begun; return whether it ever started."""
    config = uvicorn.Config(
        make_app(course, over_tls=certificate is not None or behind_proxy),
        http=Impatient,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    return server.started


def _no_password() -> str:
    raise ValueError("the key is locked with a password")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
