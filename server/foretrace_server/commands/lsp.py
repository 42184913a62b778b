"""`foretrace lsp`: the language server, for an editor to start."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from foretrace_telemetry import logs

_AGAIN_SECONDS = 0.1
_LEVELS = ("error", "warning", "info", "debug")


@click.command("lsp")
@click.option("--tcp", metavar="[HOST:]PORT", help="Listen here instead of on standard input.")
@click.option(
    "--log-file", type=click.Path(dir_okay=False, path_type=Path), help="Log here, not to stderr."
)
@click.option("--log-level", type=click.Choice(_LEVELS), default="info", show_default=True)
def command(tcp: str | None, log_file: Path | None, log_level: str) -> None:
    """Serve one client over standard input and output, or over TCP.

    The log has no source text at any level.
    """
    address = _address(tcp) if tcp is not None else None
    _set_up_logging(log_file, log_level)
    from foretrace_server.app import ForetraceServer
    from foretrace_server.tcp import serve_tcp

    server = ForetraceServer()

    def leave(number: int, _: Any) -> None:
        if server.closing:
            # This came in the midst of it, and would wait for what it interrupts: once more, later.
            threading.Timer(_AGAIN_SECONDS, _raise_in_main_thread, [number]).start()
            return
        server.close()
        # Not `sys.exit`: that waits for the thread which waits for standard input.
        os._exit(0)

    for number in _ending():
        signal.signal(number, leave)
    try:
        if address is not None:
            serve_tcp(server, *address)
        else:
            server.start_io()
    except OSError as error:
        raise click.UsageError(f"cannot listen on {tcp}: {error.strerror or error}") from error
    finally:
        server.close()
    sys.exit(0 if server.ended_well else 1)


def _ending() -> Iterator[int]:
    """Iterate over the signals that end the server in good order."""
    yield signal.SIGTERM
    yield signal.SIGINT
    # What Emacs sends, and a terminal that is closed. Windows does not have it, and under `nohup`
    # it is ignored.
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        yield hang_up


def _raise_in_main_thread(number: int) -> None:
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        signal.raise_signal(number)
    else:
        # One that is raised in another thread does not wake the loop, should nothing else come.
        signal.pthread_kill(main, number)


def _address(tcp: str) -> tuple[str, int]:
    host, _, port = tcp.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.BadParameter(f"{tcp!r} is not a port, or a host and a port", param_hint="--tcp")
    return host or "127.0.0.1", int(port)


def _set_up_logging(log_file: Path | None, level: str) -> None:
    try:
        logs.set_up(level, log_file)
    except OSError as error:
        raise click.UsageError(f"cannot log to {log_file}: {error.strerror}") from error
    # pygls logs the bodies of messages, and so source text, at INFO.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    # These tell of every file that is touched in a folder, and of every wait.
    for name in ("watchdog", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
