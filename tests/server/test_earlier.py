"""What a person had written before, in this run of the server."""

from __future__ import annotations

from foretrace_server.earlier import EarlierTexts


def test_the_latest_text_comes_first_and_other_documents_after() -> None:
    earlier = EarlierTexts()
    for uri, text in (("a", "1"), ("b", "x"), ("b", "y"), ("a", "2"), ("a", "1"), ("a", "3")):
        earlier.note(uri, text)
    assert earlier.before("a", "3") == ("1", "2", "y")
    assert earlier.before("c", "new") == ("3", "y")
    earlier.forget("a")
    assert earlier.before("c", "new") == ("y",)
    earlier.clear()
    assert earlier.before("c", "new") == ()


def test_only_so_much_is_remembered() -> None:
    earlier = EarlierTexts()
    for n in range(50):
        earlier.note("a", f"text {n}")
        earlier.note(f"document {n}", "other")
    earlier.note("a", "z" * 100_000)
    earlier.note("a", "  ")
    texts = earlier.before("a", "text 49")
    assert texts[0] == "text 48"
    assert len(texts) == 19 + 11
