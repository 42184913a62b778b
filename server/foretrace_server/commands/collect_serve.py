"""`foretrace collect serve`: a course takes what its students send."""

from __future__ import annotations

import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import click

from foretrace_server.commands.courses import about_course, course_at, path_option
from foretrace_server.commands.output import MissingError
from foretrace_telemetry import logs
from foretrace_telemetry.store import Store


@click.command("serve")
@path_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8742, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--tls-certificate", type=click.Path(path_type=Path), help="A certificate with its chain, PEM."
)
@click.option("--tls-key", type=click.Path(path_type=Path), help="The certificate's key, PEM.")
@click.option("--behind-proxy", is_flag=True, help="TLS is done by a proxy in front of this.")
@click.option("--log-file", type=click.Path(dir_okay=False, path_type=Path), help="Log here.")
def command(
    path: Path | None,
    host: str,
    port: int,
    tls_certificate: Path | None,
    tls_key: Path | None,
    behind_proxy: bool,
    log_file: Path | None,
) -> None:
    """Take what students send, until told to stop.

    The log says what came of whom, by pseudonym, and nothing of what is in it.
    """
    course = course_at(path)
    try:
        from foretrace_server.collect import serving
    except ImportError as error:
        raise MissingError(
            "a course is served with packages that are missing: pip install 'foretrace[collect]'"
        ) from error
    if (tls_certificate is None) != (tls_key is None):
        raise click.UsageError("--tls-certificate and --tls-key belong together")
    certificate = None
    if tls_certificate is not None and tls_key is not None:
        certificate = serving.Certificate(tls_certificate, tls_key)
    try:
        serving.check_address(host, certificate, behind_proxy)
    except serving.AddressError as error:
        raise click.UsageError(str(error)) from error
    with about_course():
        try:
            Store.create(course.home).close()
        except sqlite3.Error as error:
            raise MissingError(f"{course.home.traces} cannot be written: {error}") from error
    try:
        logs.set_up("info", log_file)
        listener = serving.listen(host, port)
    except OSError as error:
        raise click.UsageError(
            f"cannot listen on {host}:{port}, or log: {error.strerror or error}"
        ) from error
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    scheme = "https" if certificate is not None else "http"
    bound_host, bound_port = listener.getsockname()[:2]
    shown = f"[{bound_host}]" if ":" in bound_host else bound_host
    click.echo(f"{course.name} listens on {scheme}://{shown}:{bound_port}")
    if not serving.serve(course, listener, certificate, behind_proxy):
        raise MissingError("the course could not be opened; the log says why")


def _leave(_number: int, _frame: Any) -> None:
    # Once more, after all has been finished: uvicorn raises anew what it was stopped by.
    sys.exit(0)
