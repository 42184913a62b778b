"""A person sees what is kept of them, goes through it by keyboard, and has it forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest

from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    IntentNoted,
    IntentStage,
    Opened,
    Origin,
    RunFinished,
    Saved,
    SuggestionMoved,
    SuggestionStage,
    TestsFinished,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Export, note_export
from foretrace_telemetry.store import SessionInfo, Store
from tests.e2e.conftest import Open
from tests.e2e.editor import Editor, saved
from tests.e2e.mine import Mine
from tests.e2e.vscode import VSCode
from tests.stored import sessions

TABS = ("Timeline", "Profile", "Suggestions", "Consent", "Replay")
MARCH = datetime(2026, 3, 1, 9, 0)
FIRST = "# 🙂 <b>means</b> &amp;\n"
THEMES = {
    "Default Dark Modern": "vscode-dark",
    "Default Light Modern": "vscode-light",
    "Default High Contrast": "vscode-high-contrast",
}
PROGRAM = """\
def mean(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)


def spread(numbers):
    middle = mean(numbers)
    distances = [abs(number - middle) for number in numbers]
    if len(distances) == 0:
        return 'nothing'
    return max(distances)
"""


@pytest.fixture
def home(vscode: VSCode) -> Home:
    """A data folder in which recording with text is allowed."""
    now = datetime.now(timezone.utc)
    grant(vscode.home, [Scope.LOCAL], Content.FULL, "test", now)
    return vscode.home


def test_what_was_typed_is_replayed_by_keyboard_from_the_first_text_to_the_saved_one(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(FIRST)
    editor.press("Control+End")
    editor.type("x = '𝄞'\nprint(y)\n")
    editor.save()
    editor.run("python3 program.py")
    editor.until(lambda: _has_run(home), "the run is told")
    mine = Mine(editor)
    mine.open()
    mine.tab_to("Timeline")
    for title in [*TABS[1:], TABS[0]]:
        editor.press("ArrowRight")
        assert (mine.selected(), mine.focused()) == (title, title)
    editor.press("End")
    assert mine.selected() == "Replay"
    mine.find(".line code").first.wait_for()
    mine.tab_to("Step")
    editor.until(lambda: mine.focused() == "Step", "the scrubber has the focus")
    editor.press("End")
    editor.until(lambda: mine.code() == saved(vscode.workspace / "program.py"), "the saved text")
    editor.press("Home")
    assert mine.code() == FIRST
    mine.find("role=button[name=Play]").press("Enter")
    mine.find("role=status").filter(has_text="At the end").wait_for()
    assert mine.code() == saved(vscode.workspace / "program.py")
    assert mine.policy().startswith("default-src 'none';")
    assert "unsafe" not in mine.policy()
    mine.find("input[type=range]").focus()
    editor.press("Home")
    assert mine.value_text().startswith("Step 1 of ")
    assert "opened" in mine.value_text()
    editor.press("ArrowRight")
    assert "(line 2, column 1)" in mine.value_text()
    mine.find("role=button[name='Next Error']").press("Enter")
    assert "ran: NameError in line 3" in mine.value_text()
    said = mine.find("role=status")
    editor.until(lambda: said.inner_text() == mine.value_text(), "it is said")
    mine.find("role=button[name='Step Back']").focus()
    for _ in range(6):
        editor.press("Enter")
    assert "typed" in mine.value_text() or "changed" in mine.value_text()
    editor.screenshot("mine-replay-keyboard")


def test_what_is_forgotten_is_gone_from_the_page(vscode: VSCode, home: Home, opened: Open) -> None:
    editor = opened("swordfish = 1\n", "fish.py")
    editor.press("Control+End")
    editor.type("halibut = 2\n")
    editor.save()
    mine = Mine(editor)
    mine.open()
    assert "fish.py" in mine.text()
    mine.find("role=tab[name=Replay]").click()
    editor.until(lambda: "swordfish" in mine.code(), "the text")
    mine.find("role=button[name='Forget…']").press("Enter")
    editor.until(lambda: "Everything" in " ".join(editor.choices()), "what can be forgotten")
    editor.choose("Everything")
    editor.page.locator(".monaco-dialog-box").get_by_role("button", name="Forget").click()
    editor.notification("Forgotten: ").wait_for()
    editor.until(lambda: "swordfish" not in mine.text(), "the text is gone")
    mine.find("role=heading[name='Nothing to replay']").wait_for()
    for title in TABS:
        mine.find(f"role=tab[name={title}]").click()
        mine.find("role=tabpanel").wait_for()
        assert "swordfish" not in mine.text()
        assert "fish.py" not in mine.text()
    mine.find("role=tab[name=Timeline]").click()
    assert "forgotten" in mine.text()
    editor.screenshot("mine-forgotten")


def test_where_nothing_is_recorded_it_is_said_why_and_how_to_allow_it(
    vscode: VSCode, opened: Open
) -> None:
    decide(vscode.home, Action.DECLINE, "VS Code", datetime.now(timezone.utc))
    editor = opened(FIRST)
    mine = Mine(editor)
    mine.open()
    assert "Recording is off: declined" in mine.text()
    assert "in memory only" in mine.text()
    assert mine.barriers() == []
    editor.screenshot("mine-declined")
    for title in TABS[1:]:
        mine.find(f"role=tab[name={title}]").click()
        mine.find("role=tabpanel").wait_for()
        editor.screenshot(f"mine-declined-{title.lower()}")
        assert mine.barriers() == []
    mine.find("role=tab[name=Timeline]").click()
    mine.find("role=tabpanel >> role=button[name='Choose What Is Recorded']").press("Enter")
    dialog = editor.page.locator(".monaco-dialog-box")
    dialog.get_by_role("button", name="Record With Text").click()
    mine.find("text=Nothing is recorded yet").or_(mine.find("text=Sessions, the latest")).wait_for()


def test_the_page_is_readable_in_every_theme_and_keeps_its_tab(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    _work_of_days(home)
    editor = opened(PROGRAM)
    editor.press("Control+End")
    editor.type("# 🙂\n")
    editor.save()
    mine = Mine(editor)
    editor.page.set_viewport_size({"width": 1280, "height": 1400})
    mine.open()
    for theme, body in THEMES.items():
        vscode.settings({"workbench.colorTheme": theme})
        mine.find(f"body.{body}").wait_for()
        for title in TABS:
            mine.find(f"role=tab[name={title}]").click()
            if title == "Profile":
                mine.find("text=How you write").wait_for()
            if title == "Replay":
                _halfway(editor, mine)
            editor.screenshot(f"mine-{body.removeprefix('vscode-')}-{title.lower()}")
            if (body, title) == ("vscode-light", "Replay"):
                editor.picture_of(mine.find("role=tabpanel"), "mine-replay-alone")
            assert mine.barriers() == []
    mine.find("role=tab[name=Consent]").click()
    editor.show("program.py")
    editor.command("Foretrace: Show What You Have About Me")
    editor.until(lambda: mine.selected() == "Consent", "the tab is as it was")
    mine.find("role=status").filter(has_text="Read anew").wait_for()
    _record(home, "20260301-090000-more", [Opened("x"), Edited(0, "", "y")], MARCH)
    mine.find("role=button[name=Refresh]").focus()
    editor.press("Enter")
    mine.find("option:has-text('(1 edit)')").first.wait_for(state="attached")
    assert mine.focused() == "Refresh"
    editor.until(lambda: editor.keeps('"tab":"consent"'), "the tab is written down")
    editor.reopen()
    mine.find("text=Read at").wait_for()
    assert mine.selected() == "Consent"
    editor.until(lambda: "Foretrace: recording" in editor.status_bar(), "it runs again")
    editor.command("Foretrace: Restart Server")
    editor.until(lambda: "Foretrace: recording" in editor.status_bar(), "it runs again")
    mine.find(".banner").wait_for(state="hidden")
    assert mine.selected() == "Consent"


def test_a_hundred_thousand_edits_can_be_scrubbed_through(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    texts = [PROGRAM]
    bodies: list[Body] = [Opened(PROGRAM, "python")]
    for number in range(100_000):
        letter = "🙂" if number % 9 == 0 else "ab\n"[number % 3]
        at, removed = len(texts[-1]), ""
        if number % 40 > 20:
            at, removed, letter = at - 1, texts[-1][-1], ""
        bodies.append(Edited(at, removed, letter, Origin.TYPED))
        texts.append(texts[-1][:at] + letter)
        del texts[1:-2]
    _record(home, "20260301-090000-long", bodies, MARCH)
    editor = opened(FIRST)
    mine = Mine(editor)
    mine.open()
    mine.find("role=button[name^='Replay the session of Sunday']").click()
    mine.find(".line code").first.wait_for()
    mine.find("input[type=range]").focus()
    editor.press("End")
    editor.until(lambda: "Step 100,001 of 100,001" in mine.value_text(), "the last step")
    assert mine.code().endswith(texts[-1][-200:])
    for key in ("PageDown", "ArrowLeft", "Home", "PageUp", "End"):
        before = mine.value_text()
        editor.press(key)
        editor.until(partial(_is_elsewhere, mine, before), key)
        assert mine.shows_change() == (key != "Home")
    editor.screenshot("mine-long")


def _halfway(editor: Editor, mine: Mine) -> None:
    """Show the longest earlier session in the middle of it."""
    sessions = mine.find("label:has-text('Session') select")
    longest = sessions.locator("option").nth(1).get_attribute("value")
    sessions.select_option(longest)
    mine.find(".line code").first.wait_for()
    scrubber = mine.find("input[type=range]")
    scrubber.focus()
    editor.press("Home")
    for _ in range(5):
        editor.press("PageUp")
    editor.until(lambda: "Step 1 of" not in mine.value_text(), "a step in the middle")


def _is_elsewhere(mine: Mine, before: str) -> bool:
    return mine.value_text() != before


def _has_run(home: Home) -> bool:
    return any(
        isinstance(each.event.body, RunFinished) for events in sessions(home) for each in events
    )


def _work_of_days(home: Home) -> None:
    """Record what somebody may have done on the days before."""
    today = datetime.now().replace(hour=9, minute=12, second=0, microsecond=0)
    for days, hour in ((11, 10), (10, 14), (7, 9), (6, 20), (4, 9), (3, 11), (3, 16), (1, 13)):
        start = today - timedelta(days=days) + timedelta(hours=hour - 9)
        name = f"{start:%Y%m%d-%H%M%S}-aaaa"
        _record(home, name, _writing(days), start, apart_s=2.5 + days)
    exported = str(home.path.parent / "mine.foretrace")
    at_us = int((today - timedelta(days=2)).timestamp() * 1e6)
    note_export(home, Export(at_us, "bundle", exported, (name,)))


def _writing(days: int) -> Iterable[Body]:
    """Write the program letter by letter, run it, and be helped."""
    yield Opened("", "python")
    for offset, letter in enumerate(PROGRAM):
        yield Edited(offset, "", letter, Origin.TYPED)
        if letter == "\n" and offset % 5 == 0:
            yield Saved()
    helped = SuggestionMoved(f"a{days}", SuggestionStage.OFFERED, "rules", 2, 1, "fix")
    yield RunFinished(1, error_type="NameError" if days % 3 else "IndexError", line=4)
    yield helped
    stages = list(SuggestionStage)
    stage = stages[days % len(stages)]
    silence = "idle" if stage is SuggestionStage.WITHHELD else ""
    number = f"a{days}" if stage is not SuggestionStage.WITHHELD else f"b{days}"
    yield SuggestionMoved(number, stage, "rules", 2, 1, "fix", silence=silence)
    yield IntentNoted(IntentStage.PREDICTED, "writing new code", 0.7)
    if days % 3 == 1:
        yield IntentNoted(IntentStage.CORRECTED, "fixing a failure", believed="writing new code")
    at = PROGRAM.index("'nothing'")
    yield Edited(at, "'nothing'", "0", Origin.ASSISTANT)
    yield Saved()
    yield TestsFinished(3, days % 2)
    yield RunFinished(0)


def _record(
    home: Home, name: str, bodies: Iterable[Body], start: datetime, apart_s: float = 0.2
) -> None:
    start_us = int(start.timestamp() * 1e6)
    program = (home.path.parent / "project/program.py").as_uri()
    with closing(Store.create(home)) as store:
        writer = store.begin_session(SessionInfo(name, start_us, "0.1.0", "Visual Studio Code"))
        writer.append(
            [
                Event(start_us + int(n * apart_s * 1e6), n, Actor.USER, body, program, n)
                for n, body in enumerate(bodies)
            ]
        )
