"""Small changes of lines: what they leave as it was, and how new code is written."""

from __future__ import annotations

from foretrace_models.repair.donors.changes import (
    Added,
    Change,
    Dropped,
    Moved,
    Patch,
    Replaced,
    Written,
    changes_of_line,
    compatible,
    patches_of,
    render,
    size,
    words_of,
)
from foretrace_models.repair.donors.listing import Listing

TEXT = """\
def f(xs):
  # what is found
  found = []
  for x in xs:
      found.append( x )  # odd spaces
  return found
"""


def _written(code: str) -> Written:
    listing = Listing(code)
    line = listing.lines[0]
    spaces = [""]
    spaces += [
        code[before.end : token.start]
        for before, token in zip(line.tokens, line.tokens[1:], strict=False)
    ]
    return Written(line.words, tuple(spaces))


def _rendered(text: str, *changes: Change) -> str:
    return render(Listing(text), [(change,) for change in changes])


def test_a_token_changes_and_the_spaces_around_it_stay() -> None:
    assert _rendered(TEXT, Replaced(3, 4, 5, _written("y"), "")) == TEXT.replace("( x )", "( y )")


def test_a_token_that_goes_leaves_no_hole() -> None:
    assert _rendered("range(1, n)\n", Replaced(0, 2, 4, Written((), ()), "")) == "range(n)\n"
    assert _rendered("if (a):\n  b\n", Replaced(0, 1, 2, Written((), ()), "")).startswith("if a")


def test_a_token_that_comes_brings_its_spaces_along() -> None:
    change = Replaced(0, 3, 3, Written(("-", "1"), (" ", " ")), "")
    assert _rendered("range(n)\n", change) == "range(n - 1)\n"


def test_words_do_not_grow_together() -> None:
    assert _rendered("x=y\n", Replaced(0, 0, 2, _written("return"), "")) == "return y\n"


def test_a_line_that_goes_takes_its_comments_along_and_no_other() -> None:
    assert _rendered(TEXT, Dropped(1, 4)) == TEXT.replace("  # what is found\n  found = []\n", "")


def test_a_new_line_stands_as_its_neighbours_do() -> None:
    assert "      print(x)\n  return" in _rendered(TEXT, Added(3, 0, 2, _written("print(x)")))
    assert "  print(x)\n  for" in _rendered(TEXT, Added(1, 0, 1, _written("print(x)")))


def test_a_new_block_is_a_step_deeper_than_its_head() -> None:
    head, body = Added(-1, 0, 0, _written("if a:\n  b")), Added(-1, 1, 1, _written("c"))
    assert _rendered("if x:\n\ty\n", head, body).startswith("if a:\n\tc\nif x:")


def test_a_line_moves_to_another_depth() -> None:
    assert _rendered("if a:\n   b\n   c\n", Moved(2, 0, 1)) == "if a:\n   b\nc\n"
    assert _rendered("if a:\n   b\nc\n", Moved(2, 1, 1)) == "if a:\n   b\n   c\n"


def test_what_a_block_holds_follows_its_head() -> None:
    text = "for a in b:\n    if a:\n        c\n        d\ne\n"
    assert _rendered(text, Moved(1, 0, 3)) == "for a in b:\nif a:\n    c\n    d\ne\n"
    assert _rendered(text, Dropped(0, 5)) == "if a:\n    c\n    d\ne\n"


def test_what_goes_on_behind_a_colon_stays_there_or_gets_a_line() -> None:
    text = "if a: b\nc\n"
    assert _rendered(text, Replaced(2, 0, 1, _written("d"), "")) == "if a: b\nd\n"
    assert _rendered(text, Added(0, 0, 1, _written("x"))) == "if a:\n    x\n    b\nc\n"
    assert _rendered(text, Dropped(0, 3), Moved(1, 0, 1)) == "b\nc\n"


def test_line_ends_are_those_of_the_program() -> None:
    assert _rendered("a\r\nb\r\n", Added(0, 0, 0, _written("c"))) == "a\r\nc\r\nb\r\n"


def test_a_last_line_without_an_end_gets_one_when_another_follows() -> None:
    assert _rendered("a", Added(0, 0, 0, _written("b"))) == "a\nb\n"


def test_what_makes_one_line_of_another_is_as_small_as_can_be() -> None:
    words = ("while", "i", "<", "n", ":")
    changes = changes_of_line(7, words, _written("while i <= n:\n  x"), 1, 1)
    assert changes == [Replaced(7, 2, 3, Written(("<=",), (" ",)), " ")]
    assert changes_of_line(7, words, _written("while i < n:\n  x"), 1, 2) == [Moved(7, 2, 5)]


def test_changes_side_by_side_are_one_patch() -> None:
    one, two = Dropped(1, 3), Dropped(2, 4)
    assert patches_of([one, two, Dropped(4, 1)]) == [(one, two), (Dropped(4, 1),)]
    assert size([(one, two)]) == 7


def test_changes_of_the_same_tokens_can_not_both_be_made() -> None:
    first, second = Replaced(0, 1, 2, _written("a"), ""), Replaced(0, 2, 3, _written("b"), "")
    assert not compatible([(first,), (second,)])
    assert not compatible([(first,), (Dropped(0, 4),)])
    assert compatible([(first,), (Replaced(0, 4, 5, _written("b"), ""),)])
    assert not compatible([(Added(0, 0, 0, _written("a")),), (Added(0, 5, 0, _written("a")),)])


def test_the_words_of_a_changed_program_are_those_of_its_text() -> None:
    listing = Listing(TEXT)
    patches: list[Patch] = [(Replaced(3, 4, 5, _written("y"), ""),), (Dropped(1, 4),)]
    changed = Listing(render(listing, patches))
    assert list(words_of(listing, patches)) == [w for line in changed.lines for w in line.words]
