"""Secrets in a text: those of every common shape are found, and what a program says is not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_up_keys import KINDS, Key, make_keys

from foretrace_telemetry.secrets import find_secrets, placeholder_of

_AROUND = "import os\n{}\nprint(os.name)\n"


def _left_of(key: Key, text: str) -> str:
    """Return what of a key is not found in a text, line ends left out."""
    characters = list(text)
    for secret in find_secrets(text, "file:///a.py"):
        characters[secret.start : secret.end] = " " * (secret.end - secret.start)
    start = text.index(key.text)
    return "".join(characters[start : start + len(key.text)]).strip()


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_a_key_is_found(kind: str) -> None:
    keys = [key for key in make_keys(20 * len(KINDS), seed=7) if key.kind == kind]
    assert len(keys) == 20
    for key in keys:
        assert _left_of(key, _AROUND.format(key.before + key.text + key.after)) == ""


def test_a_private_key_is_found_while_it_is_being_typed() -> None:
    key = next(key for key in make_keys(len(KINDS), seed=7) if key.kind == "Private key")
    for length in range(4, len(key.text), 17):
        typed = key.text[:length]
        text = _AROUND.format(key.before + typed)
        found = {text[s.start : s.end] for s in find_secrets(text, "a.py")}
        assert "".join(found - {""}).strip() != ""
        assert {line for line in typed.split("\n") if line} <= found


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("password: hunter2", "a.yaml"),
        ("api_key = hunter2", "a.toml"),
        ("if password == 'hunter2':", "a.py"),
        ("secret = b'hunter2'", "a.py"),
        ("password = 'hunter2", "a.py"),
        ('os.environ["DB_PASSWORD"] = "hunter2"', "a.py"),
    ],
)
def test_what_a_secret_name_is_given_is_found(line: str, name: str) -> None:
    assert "hunter2" in {line[s.start : s.end] for s in find_secrets(line, name)}


@pytest.mark.parametrize(
    "line",
    [
        "password = input('password: ')",
        "password = ''",
        'url = f"https://{user}:{password}@example.org"',
        "password = '{}'",
        'token = "("',
        "if token == 'return':",
        'key = "name"',
        'alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"',
        "def test_that_a_very_long_name_with_1_number_is_not_taken_for_a_key():",
        'text = "https://example.org/a/very/long/path/2024/that/goes/on"',
        f'password = "{placeholder_of("hunter2")}"',
    ],
)
def test_what_is_no_secret_is_left_alone(line: str) -> None:
    assert [line[s.start : s.end] for s in find_secrets(line, "a.py")] == []


@pytest.mark.parametrize("text", ["abc", "a\r\nb\n", "ä漢😀", "\ud83d\ude00", "\udc00x"])
def test_a_placeholder_is_as_long_and_has_the_same_lines(text: str) -> None:
    placeholder = placeholder_of(text)
    assert len(placeholder) == len(text)
    for encoding in ("utf-16-le", "utf-32-le"):
        assert len(placeholder.encode(encoding)) == len(text.encode(encoding, "surrogatepass"))
    assert [c for c in placeholder if c in "\r\n"] == [c for c in text if c in "\r\n"]


def _sources(data: Path) -> Iterator[tuple[str, str]]:
    for path in (data / "exercism_python").rglob("*.py"):
        yield path.name, path.read_text(encoding="utf-8")
    with gzip.open(data / "exercism_git_histories" / "versions.jsonl.gz", "rt") as lines:
        for line in lines:
            yield "solution.py", json.loads(line)["code"]


def test_innocent_programs_have_no_secrets(data: Path) -> None:
    found = {
        text[secret.start : secret.end]
        for name, text in _sources(data)
        for secret in find_secrets(text, name)
    }
    assert found == {"PASSWORD 123"}  # which an exercise assigns to a name like that


@pytest.mark.parametrize("piece", ["password", "/", "key-", "x_token_", "/:_authToken= ", "aB3+"])
def test_a_long_line_is_not_gone_through_once_for_each_of_its_signs(piece: str) -> None:
    # With each sign looked at to the end of the line this would take hours.
    line = piece * (100_000 // len(piece))
    text = f"{line} = 1; password = 'hunter2-hunter2'\n"
    assert "hunter2" not in _scrubbed(text)


def test_a_secret_is_found_whole_however_long_it_is() -> None:
    value = "Zx9-" * 200
    assert "Zx9" not in _scrubbed(f"password = '{value}'\n")
    assert "Zx9" not in _scrubbed(f"{'my_' * 100}password = '{value}'\n")


def test_a_token_in_the_settings_of_npm_is_found() -> None:
    token = "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
    assert token not in _scrubbed(f"//registry.example.org/:_authToken={token}\n")
    odd = "npm_0-1-2-3-4-5-6-7-8-9"
    assert odd not in _scrubbed(f"//registry.example.org/:_authToken= {odd}\n")


def _scrubbed(text: str) -> str:
    """Return a text with a placeholder for what is found in it."""
    for secret in find_secrets(text, "a.py"):
        hidden = placeholder_of(text[secret.start : secret.end])
        text = text[: secret.start] + hidden + text[secret.end :]
    return text
