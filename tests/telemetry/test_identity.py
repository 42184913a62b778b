"""Who somebody is does not leave the machine: names, addresses and homes become pseudonyms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry.identity import Identity, scrub_identity

ADA = Identity(("Ada Lovelace", "engine.example.org", "lovelace"), b"key")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("open('/home/grace/a.py')", "grace"),
        ("/Users/grace/course/a.py", "grace"),
        (r"C:\Users\grace\a.py", "grace"),
        (r"'C:\\Users\\grace\\a.py'", "grace"),
        ("file:///home/grace/a.py", "grace"),
        ("file:///c%3A/Users/grace/a.py", "grace"),
        ('File "/home/gräce/a.py", line 3', "gräce"),
        ("mail grace.hopper+x@navy.example.mil now", "hopper"),
        ("mailto:grace@navy.example.mil", "grace"),
        ("<grace@navy.example.mil>", "navy"),
        ("# by lovelace", "lovelace"),
        ("LOVELACE = 1", "LOVELACE"),
        ("lovelace_list = []", "lovelace"),
        ("# Author: Ada Lovelace, 1843", "Ada"),
        ("ssh engine.example.org", "engine"),
    ],
)
def test_who_somebody_is_does_not_stand_there_any_more(text: str, gone: str) -> None:
    scrubbed = scrub_identity(text, ADA)
    assert gone not in scrubbed
    assert len(scrubbed) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "x = max(a @ b, c)",
        "@decorator\ndef f(): ...",
        "/home/user/a.py",
        "lovelaces = 3",
        "a/home/b/c",
        "https://example.org/home/page",
        "users = '/users'",
    ],
)
def test_what_says_nothing_of_anybody_stays(text: str) -> None:
    assert scrub_identity(text, ADA) == text


def test_a_pseudonym_is_equal_for_equal_names_and_another_with_another_key() -> None:
    first = scrub_identity("/home/grace/a and /home/grace/b and /home/linus/c", ADA)
    one, other, third = (part.split("/")[2] for part in first.split(" and "))
    assert one == other != third
    assert scrub_identity("/home/grace/a", Identity((), b"another")) != first[:13]


def test_signs_and_so_the_form_of_an_address_stay() -> None:
    scrubbed = scrub_identity("grace.hopper@navy.example.mil", ADA)
    assert [len(part) for part in scrubbed.replace("@", ".").split(".")] == [5, 6, 4, 7, 3]


def test_this_machine_names_who_runs_it_but_nobody_in_particular(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("USERNAME", "lovelace")
    assert "lovelace" in Identity.of_this_machine(b"key").names
    for name in ("root", "max", "for", "ab"):
        monkeypatch.setenv("USERNAME", name)
        assert name not in Identity.of_this_machine(b"key").names


@given(st.text(), st.sampled_from(["lovelace", "a@b.example", "/home/😀grace/x", "C:\\Users\\é"]))
def test_offsets_stay_as_they_were(text: str, name: str) -> None:
    original = f"{text} {name}"
    scrubbed = scrub_identity(original, ADA)
    assert len(scrubbed) == len(original)
    units = [len(each.encode("utf-16", "surrogatepass")) for each in (scrubbed, original)]
    assert units[0] == units[1]


@pytest.mark.parametrize("piece", ["a.", "=", "/", "'", "x@a.", "a-", "/home/", "1.", "a@"])
def test_a_long_line_is_not_gone_through_once_for_each_of_its_signs(piece: str) -> None:
    # With each sign looked at to the end of the line this would take hours.
    line = piece * (300_000 // len(piece))
    assert len(scrub_identity(f"{line} grace@navy.example.mil", ADA)) == len(line) + 23
    assert "grace" not in scrub_identity(f"{line} grace@navy.example.mil", ADA)


def test_an_address_as_long_as_one_can_be_does_not_stand_there_any_more() -> None:
    address = f"{'g' * 64}@{'n' * 63}.example.mil"
    assert scrub_identity(f"<{address}>", ADA).strip("<>").isalpha() is False
    assert "example" not in scrub_identity(f"<{address}>", ADA)
    assert "ggg" not in scrub_identity(f"<{address}>", ADA)
