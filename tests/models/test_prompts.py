"""The texts in which a program is put to a language model."""

from __future__ import annotations

import pytest

from foretrace_models.prompts import Known, ReservedMarkerError, corrected_in, correcting, rewriting

PROGRAM = "def double(n):\n    return n + 2\n"
TESTS = tuple((f"double({n})", str(2 * n)) for n in range(8))


def last_task(prompt: str) -> str:
    """Return what a prompt says of the program that is asked about."""
    return "### Program\n" + prompt.rpartition("### Program\n")[2]


def test_a_prompt_tells_the_failing_test_first_what_it_gives_and_the_last_change() -> None:
    known = Known(
        TESTS, "double(5) gives 7; expected is 10.", "-    return 2 * n\n+    return n + 2\n"
    )
    assert last_task(correcting(PROGRAM, "def dou", known)) == (
        f"### Program\n{PROGRAM}"
        "### Last change\n-    return 2 * n\n+    return n + 2\n"
        "### Tests\nassert double(5) == 10\nassert double(0) == 0\n"
        "assert double(1) == 2\nassert double(2) == 4\n"
        "### What goes wrong\ndouble(5) gives 7; expected is 10.\n"
        "### Program, corrected\ndef dou"
    )


def test_the_examples_are_told_as_much_of_as_the_program_is() -> None:
    everything = Known(TESTS, "it fails", "+x")
    for known, heading in (
        (Known(TESTS, "it fails"), "### Last change"),
        (Known(TESTS, change="+x"), "### What goes wrong"),
    ):
        assert heading not in correcting(PROGRAM, known=known)
        assert correcting(PROGRAM, known=everything).count(heading) == 3
    assert correcting(PROGRAM).count("### Program\n") == 3
    assert correcting(PROGRAM, examples=False).startswith(f"### Program\n{PROGRAM}")


@pytest.mark.parametrize(
    "known", [Known((("f(1)", "'\n### Program'"),)), Known(failure="### x"), Known(change="### x")]
)
def test_what_cannot_be_told_from_the_prompt_is_refused(known: Known) -> None:
    with pytest.raises(ReservedMarkerError, match="a line begins with"):
        correcting(PROGRAM, known=known)


def test_the_corrected_program_is_found_in_a_prompt_with_its_answer() -> None:
    document = correcting(PROGRAM, "def double(n):\n", Known(TESTS)) + "\n    return 2 * n\n### x"
    assert corrected_in(document) == "def double(n):\n    return 2 * n"


def test_a_prompt_for_lines_tells_each_change_and_begins_the_answer() -> None:
    changes = [((), ("import os",)), (("a = 1",), ("b = 1",))]
    prompt = rewriting(changes, ["b = 1", "", "print(a)"], 2)
    assert prompt.endswith(
        "### Change\n+import os\n### Change\n-a = 1\n+b = 1\n"
        "### Lines\nb = 1\n\nprint(a)\n### Lines, a moment later\nb = 1\n"
    )
    assert rewriting([], ["x"], 0).endswith("### Lines\nx\n### Lines, a moment later")
    with pytest.raises(ReservedMarkerError, match="a line begins with"):
        rewriting([], ["a", "### Lines"], 1)
