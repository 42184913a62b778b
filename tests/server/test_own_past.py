"""What a person had written before, in a document that is open, gives fixes over the protocol."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from tests.clients import TRUSTED, applied, session

from foretrace_server import protocol
from foretrace_telemetry.home import Home

BEFORE = "def greet(name):\n    return 'Dear ' + name\n"
AFTER = "def greet(name):\n    return 'Deer ' + name\n"
ASSIGNMENT = """
[assignment]
entry = "greet.py"
[[test]]
call = "greet('Ada')"
expected = "'Dear Ada'"
"""


async def test_a_change_that_made_a_test_fail_can_be_taken_back(home: Home, tmp_path: Path) -> None:
    (tmp_path / "foretrace.toml").write_text(ASSIGNMENT)
    uri = (tmp_path / "greet.py").as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, AFTER)
        assert await client.fixes(uri) == []
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(BEFORE))
        assert await client.fixes(uri) == []
        client.change(uri, 3, types.TextDocumentContentChangeWholeDocument(AFTER))
        (action,) = await client.fixes(uri)
        assert applied(AFTER, action) == BEFORE


async def test_what_is_to_be_forgotten_gives_no_fix_any_more(
    consented: Home, tmp_path: Path
) -> None:
    (tmp_path / "foretrace.toml").write_text(ASSIGNMENT)
    uri = (tmp_path / "greet.py").as_uri()
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, BEFORE)
        assert await client.fixes(uri) == []
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams(protocol.FORGET, [{"all": True}])
        )
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(AFTER))
        assert await client.fixes(uri) == []
