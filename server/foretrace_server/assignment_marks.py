"""Marks in a wrong assignment file: shown where the fault stands, and gone once it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from foretrace_models.repair.assignment import FILE_NAME
from foretrace_models.repair.diagnosis import Reason, Why
from foretrace_telemetry.privacy import path_of

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer


class AssignmentMarks:
    """The assignment files that are shown to be wrong."""

    def __init__(self, server: ForetraceServer) -> None:
        self._server = server
        self._shown: set[str] = set()

    def tell(self, uri: str, why: Why | None) -> None:
        """Show what is wrong with the assignment file beside a document, or that it no more is."""
        path = path_of(uri)
        if path is None:
            return
        file_uri = path.with_name(FILE_NAME).as_uri()
        if why is not None and why.reason is Reason.ASSIGNMENT:
            self._shown.add(file_uri)
            self._server.warn_once(why.message)
            line = why.line or 0
            problem = types.Diagnostic(
                types.Range(types.Position(line, 0), types.Position(line + 1, 0)),
                why.message,
                types.DiagnosticSeverity.Error,
                source="foretrace",
            )
            self._publish(file_uri, [problem])
        elif file_uri in self._shown:
            self._shown.discard(file_uri)
            self._publish(file_uri, [])

    def _publish(self, uri: str, diagnostics: list[types.Diagnostic]) -> None:
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, diagnostics)
        )
