"""What was recorded with consent helps after the server was started anew."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from lsprotocol import types
from tests.clients import TRUSTED, Client, applied, data_of, session
from tests.stored import raw, sessions

from foretrace_server import protocol
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import SuggestionMoved
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
BROKEN = "total = 0\nfor n in range(3)\n    total += n\nprint(total)\n"


def replaced(text: str) -> types.TextDocumentContentChangeEvent:
    return types.TextDocumentContentChangeWholeDocument(text)


async def write_and_close(client: Client, uri: str, *texts: str) -> None:
    """Open a document with its first text and save each of them."""
    for version, text in enumerate(texts, start=1):
        if version == 1:
            client.open(uri, text)
        else:
            client.change(uri, version, replaced(text))
        client.save(uri, text)
    client.close(uri)


async def dismiss(client: Client, action: types.CodeAction) -> None:
    await client.workspace_execute_command_async(
        types.ExecuteCommandParams(protocol.DISMISSED, [data_of(action)["suggestion"]])
    )


async def test_a_change_is_taken_back_that_was_made_before_the_server_was_started(
    consented: Home, tmp_path: Path
) -> None:
    (tmp_path / "foretrace.toml").write_text(ASSIGNMENT)
    uri = (tmp_path / "greet.py").as_uri()
    async with session(consented) as client:
        await write_and_close(client, uri, BEFORE, AFTER)
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, AFTER)
        (action,) = await client.fixes(uri)
        assert applied(AFTER, action) == BEFORE


async def test_what_was_forgotten_gives_no_fix(consented: Home, tmp_path: Path) -> None:
    (tmp_path / "foretrace.toml").write_text(ASSIGNMENT)
    uri = (tmp_path / "greet.py").as_uri()
    async with session(consented) as client:
        await write_and_close(client, uri, BEFORE, AFTER)
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams(protocol.FORGET, [{"all": True}])
        )
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, AFTER)
        assert await client.fixes(uri) == []


async def test_without_consent_nothing_of_what_was_recorded_is_read(
    consented: Home, tmp_path: Path
) -> None:
    (tmp_path / "foretrace.toml").write_text(ASSIGNMENT)
    uri = (tmp_path / "greet.py").as_uri()
    async with session(consented) as client:
        await write_and_close(client, uri, BEFORE, AFTER)
    allow_metadata(consented)
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, AFTER)
        assert await client.fixes(uri) == []


def allow_metadata(home: Home) -> None:
    grant(home, [Scope.LOCAL], Content.METADATA, "test", datetime.now(timezone.utc))


async def test_a_fix_that_was_turned_down_is_not_offered_after_a_restart_either(
    consented: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "total.py").as_uri()
    async with session(consented) as client:
        client.open(uri, BROKEN)
        (action,) = await client.fixes(uri)
        await dismiss(client, action)
        assert await client.fixes(uri) == []
    async with session(consented) as client:
        client.open(uri, BROKEN)
        assert await client.fixes(uri) == []
        assert "dismissed" in await client.why(uri)


async def test_without_consent_what_was_turned_down_is_forgotten_with_the_server(
    home: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "total.py").as_uri()
    for _ in range(2):
        async with session(home) as client:
            client.open(uri, BROKEN)
            (action,) = await client.fixes(uri)
            await dismiss(client, action)
            assert await client.fixes(uri) == []
    assert not home.path.exists()


async def test_what_was_turned_down_is_recorded_as_a_digest_and_not_where_a_secret_stands(
    consented: Home, tmp_path: Path
) -> None:
    secret = "AKIA" + "Z7" * 8
    told = []
    for name, text in (("plain", BROKEN), ("secret", f"print('{secret}'\n")):
        uri = (tmp_path / f"{name}.py").as_uri()
        async with session(consented) as client:
            client.open(uri, text)
            (action,) = await client.fixes(uri)
            await dismiss(client, action)
        bodies = [each.event.body for each in sessions(consented)[-1]]
        told += [b.turned_down for b in bodies if isinstance(b, SuggestionMoved) and b.turned_down]
    ((digest,),) = told
    assert len(digest) == 64
    assert secret.encode() not in raw(consented)
