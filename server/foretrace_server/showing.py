"""Showing: problems and fixes as the protocol has them, for what a client can show."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from foretrace_models.repair.assignment import Level
from foretrace_models.repair.diagnosis import Fix, Hint, Problem, Proof, Seen
from foretrace_server import protocol
from foretrace_server.offers import Offer, proof_words
from foretrace_telemetry.language import t
from foretrace_telemetry.recorder import OpenDocument

_NEXT = {
    Level.NUDGE: "show where to look",
    Level.HINT: "say what is wrong",
    Level.STEP: "show the next step",
    Level.FIX: "show the whole fix",
}


def diagnostics(
    state: OpenDocument, problem: Problem | None, client: types.ClientCapabilities
) -> list[types.Diagnostic]:
    """Return a problem as diagnostics: where to look and, if known, a hint with what was seen.

    What else there is to say goes along as related information, or in the message where a client
    does not show that.
    """
    if problem is None:
        return []
    line = min(problem.line, state.document.line_count - 1)
    end = state.document.line_end(line)
    place = types.Range(types.Position(line, 0), types.Position(end.line, end.character))
    message, related = problem.nudge, None
    if problem.hint is not None:
        told = [problem.hint.what, problem.hint.why]
        more = [*_seen(problem.seen), *_advice(problem.hint)]
        if _shows_related(client):
            location = types.Location(state.uri, place)
            related = [types.DiagnosticRelatedInformation(location, each) for each in more]
        else:
            told += more[-2:]
        message = "\n".join(told)
    return [
        types.Diagnostic(
            place,
            message,
            types.DiagnosticSeverity.Hint,
            source="foretrace",
            related_information=related,
        )
    ]


def _advice(hint: Hint) -> tuple[str, str]:
    return t("How: {how}", how=hint.how), t("Check: {check}", check=hint.check)


def _seen(seen: Seen | None) -> list[str]:
    if seen is None:
        return []
    told = [t("Given: {given}", given=seen.given)]
    if seen.expected is not None:
        told.append(t("Expected: {expected}", expected=seen.expected))
    return [*told, t("Actual: {actual}", actual=seen.actual)]


def _shows_related(client: types.ClientCapabilities) -> bool:
    document = client.text_document
    published = document.publish_diagnostics if document else None
    return bool(published and published.related_information)


def code_action(
    state: OpenDocument,
    offer: Offer,
    fix: Fix,
    marks: Sequence[types.Diagnostic],
    client: types.ClientCapabilities,
) -> types.CodeAction:
    """Return a way to take an offer as a code action."""
    edits = [
        types.TextEdit(range_of(state, edit.start, edit.end), edit.new_text) for edit in fix.edits
    ]
    support = client.workspace.workspace_edit if client.workspace else None
    if support is not None and support.document_changes:
        document = types.OptionalVersionedTextDocumentIdentifier(state.uri, state.version)
        edit = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(edits))])
    else:
        edit = types.WorkspaceEdit(changes={state.uri: edits})
    title = t("next step: {title}", title=fix.title) if fix.steps_left else fix.title
    proof = proof_words(fix)
    return types.CodeAction(
        title=f"Foretrace: {title} ({proof})" if proof else f"Foretrace: {title}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=list(marks),
        is_preferred=fix.proof in (Proof.TESTS, Proof.RUNS),
        # No `command` to tell that it was taken: lsprotocol 2025.0.0 takes an action that has
        # one for a bare command (`_code_action_hook`), and the edit tells it anyway.
        edit=edit,
        data={
            "suggestion": offer.id,
            "level": offer.level_of(fix).value,
            "diff": fix.diff,
            "testsPassed": fix.tests_passed,
            "tests": fix.tests,
        },
    )


def more_help(uri: str, level: Level) -> types.Command:
    """Return what a person chooses to get the next level of help."""
    return types.Command(
        f"Foretrace: {t(_NEXT[level])}", command=protocol.MORE_HELP, arguments=[uri]
    )


def range_of(state: OpenDocument, start: int, end: int) -> types.Range:
    """Return the range of some offsets of a document."""
    first, last = state.document.position_at(start), state.document.position_at(end)
    return types.Range(
        types.Position(first.line, first.character), types.Position(last.line, last.character)
    )
