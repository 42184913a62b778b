"""Notebooks over the protocol: each cell is recorded exactly, and is as private as its notebook."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from tests.clients import CAPABILITIES, Client, session
from tests.stored import recorded, replayed

from foretrace_telemetry.events import CellsArranged, Selected
from foretrace_telemetry.home import Home

CODE = types.NotebookCellKind.Code


@pytest.fixture(autouse=True)
def _editor_with_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    notebooks = types.NotebookDocumentClientCapabilities(
        types.NotebookDocumentSyncClientCapabilities()
    )
    monkeypatch.setattr(CAPABILITIES["VS Code"], "notebook_document", notebooks)


def _cell(path: Path, name: str) -> str:
    return path.as_uri().replace("file:", "vscode-notebook-cell:") + f"#{name}"


def _open(client: Client, path: Path, **texts: str) -> None:
    cells = [types.NotebookCell(CODE, _cell(path, name)) for name in texts]
    items = [types.TextDocumentItem(_cell(path, n), "python", 1, t) for n, t in texts.items()]
    notebook = types.NotebookDocument(path.as_uri(), "jupyter-notebook", 1, cells)
    client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, items))


def _change(client: Client, path: Path, change: types.NotebookDocumentCellChanges) -> None:
    document = types.VersionedNotebookDocumentIdentifier(2, path.as_uri())
    client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(
            document, types.NotebookDocumentChangeEvent(cells=change)
        )
    )


def _typed(cell: str, text: str) -> types.NotebookDocumentCellContentChanges:
    start = types.Position(0, 0)
    change = types.TextDocumentContentChangePartial(types.Range(start, start), text)
    identifier = types.VersionedTextDocumentIdentifier(2, cell)
    return types.NotebookDocumentCellContentChanges(identifier, [change])


async def test_each_cell_is_recorded_exactly_and_so_is_their_order(
    consented: Home, tmp_path: Path
) -> None:
    path = tmp_path / "a.ipynb"
    async with session(consented) as client:
        assert client.initialize_result.capabilities.notebook_document_sync
        _open(client, path, one="import math\n", two="math.pi\n")
        content = types.NotebookDocumentCellChanges(
            text_content=[_typed(_cell(path, "two"), "2 * ")]
        )
        _change(client, path, content)
        new = types.NotebookCell(CODE, _cell(path, "three"))
        structure = types.NotebookDocumentCellChangeStructure(
            types.NotebookCellArrayChange(0, 1, [new]),
            [types.TextDocumentItem(new.document, "python", 1, "x = '😀'\n")],
            [types.TextDocumentIdentifier(_cell(path, "one"))],
        )
        _change(client, path, types.NotebookDocumentCellChanges(structure=structure))
        notebook = types.NotebookDocumentIdentifier(path.as_uri())
        client.notebook_document_did_save(types.DidSaveNotebookDocumentParams(notebook))
        client.notebook_document_did_close(types.DidCloseNotebookDocumentParams(notebook, []))
    result = replayed(consented)
    assert result.problems == []
    assert result.saves_checked == 2
    assert result.texts == {
        f"{path.as_uri()}#one": "import math\n",
        f"{path.as_uri()}#two": "2 * math.pi\n",
        f"{path.as_uri()}#three": "x = '😀'\n",
    }
    bodies = [each.event.body for each in recorded(consented)]
    assert [body.order for body in bodies if isinstance(body, CellsArranged)] == [
        ("one", "two"),
        ("three", "two"),
    ]


async def test_what_a_client_reports_of_a_cell_concerns_that_cell(
    consented: Home, tmp_path: Path
) -> None:
    path = tmp_path / "a.ipynb"
    place = {"line": 0, "character": 4}
    report = {
        "uri": _cell(path, "one"),
        "kind": "selection",
        "data": {"range": {"start": place, "end": place}},
    }
    async with session(consented) as client:
        _open(client, path, one="x = '😀'\n")
        client.notify("foretrace/event", report)
    (event,) = (e.event for e in recorded(consented) if isinstance(e.event.body, Selected))
    assert event.uri == f"{path.as_uri()}#one"


async def test_a_notebook_that_may_not_be_recorded_leaves_no_trace_of_its_cells(
    consented: Home, tmp_path: Path
) -> None:
    path = tmp_path / "secrets.ipynb"
    async with session(consented) as client:
        _open(client, path, one="password = 'x'\n")
        await client.request("foretrace/status")
    assert not [each for each in recorded(consented) if each.event.uri is not None]


async def test_changes_of_what_is_not_open_are_ignored(consented: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    async with session(consented) as client:
        _change(client, path, types.NotebookDocumentCellChanges())
        _open(client, path, one="x\n")
        content = types.NotebookDocumentCellChanges(text_content=[_typed(_cell(path, "none"), "y")])
        _change(client, path, content)
    assert replayed(consented).texts == {f"{path.as_uri()}#one": "x\n"}
