"""The parent: the editor that started the server; once that is gone, the server ends, too.

Mostly the server is told by the end of its input. But that does not end while another process of
the editor has it open, and then nobody would ever end the server. This holds on Linux and macOS:
Windows keeps the number of a parent that is gone, so there the end of the input is all there is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0


async def end_with(process_id: int | None) -> None:
    """End this process in good order once its parent is gone, if the client says to be that.

    Only a parent can be told for certain to be gone: a client in a container, say, has a number
    that is somebody else's here.
    """
    if process_id is None or os.getppid() != process_id:
        return
    while os.getppid() == process_id:  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(_LOOK_SECONDS)
    log.warning("the editor is gone without a word")
    os.kill(os.getpid(), signal.SIGTERM)
