"""The page of examples is what the pipeline says today."""

from __future__ import annotations

from scripts.examples_page import EXAMPLES, PAGE, page


def test_the_page_of_five_fixes_is_what_the_pipeline_makes() -> None:
    assert len(EXAMPLES) == 5
    assert PAGE.read_text(encoding="utf-8") == page(), "run scripts/examples_page.py"
