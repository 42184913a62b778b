"""Notebooks: each cell of Python is a document of its own, named after the notebook it stands in.

A client names cells as it likes (VS Code: `vscode-notebook-cell:/a.ipynb#W0s`). Here they are
called `file:///a.ipynb#W0s`, so that a cell is as private as its notebook. What is on disk is the
notebook, not a cell, so changes of the file by others are not noticed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from urllib.parse import quote

from lsprotocol import types

from foretrace_server.recording import change_of
from foretrace_telemetry.events import CellsArranged
from foretrace_telemetry.recorder import Recorder

log = logging.getLogger(__name__)


class Notebooks:
    """The notebooks that a client has open."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        # By the client's names: the cells of each notebook in their order, and what each is here.
        self._cells: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}

    def name_of(self, uri: str) -> str:
        """Return what a document is called here: a cell by its notebook, others as they are."""
        return self._names.get(uri, uri)

    def opened(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Take over the cells of a notebook that the client opened."""
        uri = params.notebook_document.uri
        self._cells[uri] = [cell.document for cell in params.notebook_document.cells]
        self._open_cells(uri, params.cell_text_documents)
        self._arranged(uri)

    def changed(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Apply what became of the cells, and of the text in them."""
        uri = params.notebook_document.uri
        cells = params.change.cells
        if uri not in self._cells:
            log.warning("a change of a notebook that is not open is ignored")
            return
        if cells is None:
            return
        if cells.structure is not None:
            array = cells.structure.array
            new = [cell.document for cell in array.cells or ()]
            self._cells[uri][array.start : array.start + array.delete_count] = new
            self._open_cells(uri, cells.structure.did_open or ())
            self._close_cells(each.uri for each in cells.structure.did_close or ())
            self._arranged(uri)
        for each in cells.text_content or ():
            if (name := self._names.get(each.document.uri)) is not None:
                changes = [change_of(change) for change in each.changes]
                self._recorder.changed(name, each.document.version, changes)

    def saved(self, uri: str) -> None:
        """Note that a notebook was saved, and so each of its cells."""
        for cell in self._cells.get(uri, ()):
            if cell in self._names:
                self._recorder.saved(self._names[cell], None)

    def closed(self, uri: str) -> None:
        """Let go of a notebook and its cells."""
        self._close_cells(self._cells.pop(uri, ()))

    def _open_cells(self, uri: str, cells: Iterable[types.TextDocumentItem]) -> None:
        for cell in cells:
            name = self._names[cell.uri] = f"{uri}#{_id_of(cell.uri)}"
            self._recorder.opened(name, cell.version, cell.language_id, cell.text)

    def _close_cells(self, cells: Iterable[str]) -> None:
        for cell in cells:
            if (name := self._names.pop(cell, None)) is not None:
                self._recorder.closed(name)

    def _arranged(self, uri: str) -> None:
        order = tuple(_id_of(cell) for cell in self._cells[uri])
        self._recorder.noted(CellsArranged(order), uri)


def _id_of(cell: str) -> str:
    """Return what tells a cell from the others of its notebook."""
    return cell.partition("#")[2] or quote(cell, safe="")
