"""The first exchange: what is offered, in which units, and how fast it comes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap

import pytest
from lsprotocol import types
from tests.clients import CAPABILITIES, session

from foretrace_server import __version__
from foretrace_telemetry.home import Home


@pytest.mark.parametrize("editor", CAPABILITIES)
async def test_everything_offered_is_advertised_to_every_client(home: Home, editor: str) -> None:
    async with session(home, editor) as client:
        offered = client.initialize_result.capabilities
        assert offered.inline_completion_provider is not None
        assert isinstance(offered.code_action_provider, types.CodeActionOptions)
        assert list(offered.code_action_provider.code_action_kinds or ()) == ["quickfix"]
        assert isinstance(offered.text_document_sync, types.TextDocumentSyncOptions)
        assert offered.text_document_sync.change is types.TextDocumentSyncKind.Incremental
        assert offered.text_document_sync.open_close
        assert offered.execute_command_provider is not None
        assert set(offered.execute_command_provider.commands) == {
            "foretrace.accepted",
            "foretrace.dismissed",
            "foretrace.help.more",
            "foretrace.snooze",
            "foretrace.consent.notice",
            "foretrace.consent.decide",
            "foretrace.consent.ask",
            "foretrace.mine.overview",
            "foretrace.mine.playback",
            "foretrace.mine.profile",
            "foretrace.traces.exportBundle",
            "foretrace.traces.forget",
        }
        assert client.initialize_result.server_info == types.ServerInfo("foretrace", __version__)


@pytest.mark.parametrize(
    ("editor", "encoding"),
    [
        ("VS Code", "utf-16"),
        ("Neovim 0.12", "utf-8"),
        ("no inline completion", "utf-32"),
        ("nothing", "utf-16"),
    ],
)
async def test_the_units_of_columns_are_negotiated(home: Home, editor: str, encoding: str) -> None:
    async with session(home, editor) as client:
        offered = client.initialize_result.capabilities
        assert (offered.position_encoding or "utf-16") == encoding


async def test_an_unknown_option_is_warned_of_once_and_changes_nothing(home: Home) -> None:
    options = {"colour": "blue", "runPrograms": "sometimes", "workspaceTrusted": "yes"}
    async with session(home, options=options, configuration={"shade": 1}) as client:
        while len(client.messages) < 4:  # noqa: ASYNC110 - pytest-lsp gathers them
            await asyncio.sleep(0.02)
        status = await client.request("foretrace/status")
        assert status["programs"]["runPrograms"] == "ask"
        assert status["programs"]["workspaceTrusted"] is False
        assert len(status["warnings"]) == 4
        messages = [message.message for message in client.messages]
        known = "workspaceTrusted, askConsent, sendingAllowed, runPrograms, level, minimumIdleMs"
        assert f"Foretrace: unknown setting 'colour'; there are {known}" in messages
        assert len(messages) == len(set(messages)) == 4


@pytest.mark.parametrize("options", [None, {}, [], "x", 3])
async def test_options_of_any_shape_do_no_harm(home: Home, options: object) -> None:
    async with session(home, options=options) as client:
        status = await client.request("foretrace/status")
        assert status["programs"]["runPrograms"] == "ask"


async def test_the_configuration_of_the_client_counts(home: Home) -> None:
    async with session(home, configuration={"runPrograms": "never"}) as client:
        status = await client.request("foretrace/status")
        while status["programs"]["runPrograms"] == "ask":
            status = await client.request("foretrace/status")
        assert status["programs"]["runPrograms"] == "never"


async def test_trust_cannot_come_from_the_configuration(home: Home) -> None:
    async with session(home, configuration={"workspaceTrusted": True}) as client:
        status = await client.request("foretrace/status")
        assert status["programs"]["workspaceTrusted"] is False


async def test_trust_can_come_later_from_the_client(home: Home) -> None:
    async with session(home) as client:
        client.notify("foretrace/trust", {"trusted": True})
        status = await client.request("foretrace/status")
        assert status["programs"]["workspaceTrusted"] is True


def test_what_initialize_needs_brings_in_neither_sqlite_nor_rules_nor_torch() -> None:
    program = textwrap.dedent(
        """
        import sys
        import foretrace_server.cli, foretrace_server.commands.lsp, foretrace_server.app
        foretrace_server.app.ForetraceServer()
        heavy = {"torch", "transformers", "sqlite_utils", "sqlite3", "tree_sitter", "watchdog",
                 "foretrace_models", "foretrace_telemetry.store"}
        print(sorted(heavy & set(sys.modules)))
        """
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_the_server_never_brings_in_torch_not_even_with_a_document_open() -> None:
    program = textwrap.dedent(
        """
        import sys
        import foretrace_server.recording, foretrace_server.suggesting, foretrace_server.intents
        print(sorted({"torch", "transformers"} & set(sys.modules)))
        """
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
