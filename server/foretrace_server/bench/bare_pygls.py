"""A language server of bare pygls: it keeps the texts of open documents and does nothing else.

What Foretrace's server is compared with; run as ``python -m foretrace_server.bench.bare_pygls``.
"""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.lsp.server import LanguageServer


def _serve() -> None:
    server = LanguageServer("bare pygls", "0", text_document_sync_kind=_INCREMENTAL)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(_: types.DidChangeTextDocumentParams) -> None:
        """Do nothing: pygls has applied the changes to its text by now."""

    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    server.start_io()


_INCREMENTAL = types.TextDocumentSyncKind.Incremental

if __name__ == "__main__":
    _serve()
