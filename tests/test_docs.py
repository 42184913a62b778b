"""The pages of the documentation hold true: what they name exists, and what exists they name."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import click
import pytest

from foretrace_models.intent.activities import Activity
from foretrace_models.next_edit.proposal import Pattern, Quiet
from foretrace_models.repair.assignment import AssignmentError, Level, parse_assignment
from foretrace_models.repair.diagnosis import Proof
from foretrace_models.repair.rules import RULES, syntax
from foretrace_models.timing import steps
from foretrace_models.timing.features import FEATURES
from foretrace_models.timing.policy import Silence
from foretrace_server import protocol
from foretrace_server.cli import main
from foretrace_server.collect.app import Problem
from foretrace_server.recording import CLIENT_KINDS
from foretrace_server.settings import Level as HelpLevel
from foretrace_server.settings import RunPrograms, Settings
from foretrace_telemetry.consent import Content, Scope
from foretrace_telemetry.events import (
    BODIES,
)
from foretrace_telemetry.exchange.segments import LIMITS
from foretrace_telemetry.machine_policy import (
    CHOICES,
    MOST_MESSAGE_CHARACTERS,
    parse_machine_policy,
)
from foretrace_telemetry.privacy import DENIED_NAMES
from foretrace_telemetry.recorder import infer_origin
from tests.pages import DOCS, FENCE, ROOT, fences, first_column, names, rows, section, text_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CLIENT = ROOT / "client-vscode"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), CLIENT / "README.md"])
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_MACHINE = re.compile(r"/(?:home|root|tmp|work|Users)/|[A-Z]:\\Users")


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Iterate over a command and those below it, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(main, "foretrace"))


def parameters(command: click.Command) -> set[str]:
    """Return the options and arguments of a command as the page writes them."""
    return {
        str(each.name).upper() if isinstance(each, click.Argument) else each.opts[0]
        for each in command.params
    }


def test_every_command_has_a_section_and_none_is_made_up() -> None:
    assert set(re.findall(r"^## `(.+)`$", text_of("commands.md"), re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_of_a_command_is_told_and_none_is_made_up(path: str) -> None:
    assert first_column(text_of("commands.md"), f"`{path}`") == parameters(COMMANDS[path])


@pages
def test_command_lines_can_be_given_as_they_stand(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = "".join(fences(page, "sh", "console"))
    lines = re.findall(r"^ *(?:\$ )?(foretrace [a-z].*)$", blocks, re.MULTILINE)
    for line in [*lines, *re.findall(r"`(foretrace [a-z][^`]*)`", text)]:
        path, *words = shlex.split(line)
        while words and f"{path} {words[0]}" in COMMANDS:
            path += f" {words.pop(0)}"
        command = COMMANDS[path]
        assert not (isinstance(command, click.Group) and words), line
        options = {word for word in words if word.startswith("-")}
        assert options <= parameters(command), line


@pages
def test_what_make_is_asked_for_is_in_the_makefile(page: Path) -> None:
    targets = make_targets()
    for block in fences(page, "sh", "console"):
        for target in re.findall(r"^ *(?:\$ )?make (\w+)", block, re.MULTILINE):
            assert target in targets


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_every_target_of_make_is_told_to_those_who_take_part() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {f"make {target}" for target in make_targets()} <= {
        " ".join(name.split()[:2]) for name in names(told)
    }


def test_the_readme_has_the_command_of_the_tests_on_a_line_of_its_own() -> None:
    assert "make test\n" in list(fences(ROOT / "README.md", "sh"))


@pytest.mark.parametrize("kind", BODIES)
def test_every_kind_of_event_is_told_with_its_fields(kind: str) -> None:
    (row,) = (r for r in rows(text_of("recording.md"), "What is recorded") if r[0] == f"`{kind}`")
    fields = attrs.fields(BODIES[kind])
    content = {field.name for field in fields if field.metadata.get("content")}
    assert names(row[2]) == {field.name for field in fields} - content
    assert names(row[3]) == content
    assert ("client" in row[4]) == (kind in CLIENT_KINDS)


def test_no_kind_of_event_is_made_up() -> None:
    assert first_column(text_of("recording.md"), "What is recorded") == set(BODIES)


def test_what_is_decided_about_recording_is_told() -> None:
    told = first_column(text_of("recording.md"), "What you decide")
    assert told == {choice.value for choices in (Content, Scope) for choice in choices}


def test_the_rules_about_the_origin_of_edits_are_told() -> None:
    rules = re.findall(r'return Origin\.\w+, "([\w-]+)"', inspect.getsource(infer_origin))
    told = first_column(text_of("recording.md"), "Where an edit came from")
    assert told == set(rules)


def test_files_that_are_never_recorded_are_told() -> None:
    told = section(text_of("recording.md"), "What is never recorded")
    assert set(DENIED_NAMES) <= names(told)


def test_every_setting_is_told_and_none_is_made_up() -> None:
    told = rows(text_of("settings.md"), "Settings")
    values = {row[0].strip("`"): names(row[1]) for row in told if len(row) > 2}
    assert set(values) == {
        re.sub(r"_(\w)", lambda found: found[1].upper(), field.name)
        for field in attrs.fields(Settings)
    }
    assert values["runPrograms"] == {choice.value for choice in RunPrograms}
    assert values["level"] == {choice.value for choice in HelpLevel}
    assert [level.value for level in HelpLevel] == [level.value for level in Level]


def test_every_variable_of_the_environment_is_told_and_none_is_made_up() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for package in ("server", "models", "telemetry")
        for path in (ROOT / package).rglob("*.py")
    ]
    read = set(re.findall(r"\bFORETRACE_[A-Z_]+\b", "".join(sources)))
    assert first_column(text_of("settings.md"), "Environment") == read


def test_the_settings_and_commands_of_the_vscode_client_stand_in_its_readme() -> None:
    contributes = json.loads((CLIENT / "package.json").read_text("utf-8"))["contributes"]
    texts = json.loads((CLIENT / "package.nls.json").read_text("utf-8"))
    readme = (CLIENT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(foretrace\.[\w.]+)`", readme, re.MULTILINE))
    assert told == set(contributes["configuration"]["properties"])
    for command in contributes["commands"]:
        title = texts[command["title"].strip("%")]
        assert f"{command['category']}: {title}" in readme


def test_no_command_of_the_vscode_client_has_the_name_of_one_of_the_server() -> None:
    # VS Code registers the server's commands, too, and refuses a name that is taken.
    contributes = json.loads((CLIENT / "package.json").read_text("utf-8"))["contributes"]
    ours = {v for k, v in vars(protocol).items() if k.isupper() and isinstance(v, str)}
    assert not {command["command"] for command in contributes["commands"]} & ours


def test_every_answer_of_a_course_is_told_and_none_is_made_up() -> None:
    told = {
        (int(status), *names(row[1]))
        for row in rows(text_of("collect.md"), "What can go wrong")
        if row[0][0].isdecimal()
        for status in row[0].split(", ")
    }
    assert told == {problem.value for problem in Problem}


def test_every_limit_of_a_segment_is_told() -> None:
    told = dict(row[:2] for row in rows(text_of("collect.md"), "What can go wrong"))
    for name, limit in (
        ("bytes as sent", LIMITS.most_bytes),
        ("bytes inflated", LIMITS.most_inflated_bytes),
        ("bytes of a line", LIMITS.most_line_bytes),
    ):
        assert told[name] == f"{limit // 2**20} MiB"
    assert told["events"] == f"{LIMITS.most_events:,}"
    assert told["decisions"] == f"{LIMITS.most_decisions:,}"


def test_every_rule_of_repair_is_told_and_none_is_made_up() -> None:
    text = text_of("repair.md")
    for heading, rules in (("Rules", RULES), ("Rules of syntax", syntax.RULES)):
        ours = {f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}" for rule in rules}
        assert first_column(text, heading) == ours
    proofs = {proof.value for proof in Proof}
    assert first_column(text, "What is known of a fix") == proofs


def test_every_key_of_the_assignment_file_is_told_and_none_is_made_up() -> None:
    known: dict[str, str] = {}
    for table in ("[assignment]", "[assistance]", "[[test]]"):
        opened = "" if table == "[assignment]" else table
        with pytest.raises(AssignmentError) as refusal:
            parse_assignment(f"[assignment]\nentry = 'a'\n{opened}\nunknown = 1\n", "a")
        keys = str(refusal.value).partition("it may have ")[2].split(", ")
        known |= dict.fromkeys(keys, table)
    told = rows(text_of("assignment.md"), "Keys")
    assert {row[0].strip("`"): row[1].strip("`") for row in told} == known
    levels = first_column(text_of("assignment.md"), "How much help")
    assert levels == {level.value for level in Level}


def test_the_example_of_an_assignment_file_can_be_read_and_has_every_key() -> None:
    (example,) = fences(DOCS / "assignment.md", "toml")
    parse_assignment(example, "search")
    for row in rows(text_of("assignment.md"), "Keys"):
        assert re.search(rf"^{row[0].strip('`')} = ", example, re.MULTILINE), row[0]


def test_every_pattern_and_every_silence_of_the_next_edit_is_told() -> None:
    text = text_of("next-edit.md")
    assert first_column(text, "The patterns") == {pattern.value for pattern in Pattern}
    assert first_column(text, "What keeps it silent") == {reason.value for reason in Quiet}


def test_every_activity_is_told_and_none_is_made_up() -> None:
    told = first_column(text_of("intent.md"), "The activities")
    assert told == {activity.value for activity in Activity}


def test_every_feature_of_timing_is_told_as_it_is_explained_and_none_is_made_up() -> None:
    told: dict[str, str] = {}
    for heading in ("What is taken", "When experts step in"):
        cells = rows(text_of("timing.md"), heading)
        told |= {row[0].strip("`"): row[1] for row in cells if row[0].startswith("`")}
    assert told == {**{each.name: each.words for each in FEATURES}, **steps.WORDS}


def test_every_reason_for_silence_is_told_and_none_is_made_up() -> None:
    told = first_column(text_of("timing.md"), "What decides")
    assert told == {silence.value for silence in Silence}


@pages
def test_examples_in_json_and_toml_can_be_read(page: Path) -> None:
    for block in fences(page, "json"):
        json.loads(block)
    for block in fences(page, "toml"):
        tomllib.loads(block)


def test_files_that_the_architecture_names_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b\w+\.py\b", text))
    for package in ("telemetry", "models", "server"):
        named -= {path.name for path in (ROOT / package).rglob("*.py")}
    assert not named


@pages
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = FENCE.sub("", text)
    for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", prose):
        target, _, anchor = "".join(link).partition("#")
        if re.match(r"\w+:", target):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path), f"{target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub does."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_index() -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", text_of("README.md")))
    assert linked == {page.name for page in DOCS.glob("*.md")} - {"README.md"}


@pages
def test_no_page_names_a_place_on_a_machine(page: Path) -> None:
    assert not _MACHINE.findall(page.read_text(encoding="utf-8"))


def test_what_a_policy_of_a_machine_may_say_is_told_and_its_example_is_one() -> None:
    text = text_of("machine-policy.md")
    told = {name: row[1] for row in rows(text, "The file") for name in names(row[0])}
    keys = {key: names(told[key]) for key in CHOICES}
    assert keys == {key: set(choices) for key, choices in CHOICES.items()}
    assert f"up to {MOST_MESSAGE_CHARACTERS} characters" in told["message"]
    (example,) = fences(DOCS / "machine-policy.md", "toml")
    assert parse_machine_policy(example.encode()).deeds
