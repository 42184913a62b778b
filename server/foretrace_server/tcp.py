"""TCP: one client is served, the first that connects, until it leaves.

pygls lets whoever connects later take over the session of the first client, and goes on listening
after a connection that broke.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from pygls.io_ import run_async

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def serve_tcp(server: ForetraceServer, host: str, port: int) -> None:
    """Serve one client.

    Raises:
        OSError: nothing can listen there.
    """
    asyncio.run(_serve(server, host, port))


async def _serve(server: ForetraceServer, host: str, port: int) -> None:
    connected: asyncio.Future[_Connection] = asyncio.get_running_loop().create_future()

    def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(connect, host, port)
    click.echo(f"foretrace listens on {host}:{port}", err=True)
    reader, writer = await connected
    listener.close()
    server.protocol.set_writer(writer)
    with suppress(ConnectionError, EOFError):
        await run_async(
            threading.Event(), reader, server.protocol, error_handler=server.report_server_error
        )
