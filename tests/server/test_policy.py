"""A policy in force: a real course tells it, and a real server offers no more than it allows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve
from lsprotocol import types
from tests.clients import TRUSTED, Client, applied, session
from tests.command import foretrace
from tests.courses import Served, make_course, served
from tests.stored import recorded

from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.policy.publishing import publish
from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.events import ConditionHeld
from foretrace_telemetry.exchange.segments import last_of
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.sending.courses import read_courses
from foretrace_telemetry.store import Store

STUDENT = "ada@example.org"
TEXT = """\
def largest(numbers):
    return min(numbers)
"""
FIXED = TEXT.replace("min", "max")
ASSIGNMENT = """
[assignment]
id = "largest"
entry = "largest.py"
[assistance]
ceiling = "{ceiling}"
[[test]]
call = "largest([1, 3, 2])"
expected = "3"
[[test]]
call = "largest([7, 8])"
expected = "8"
"""
STUDY = """
[study]
id = "hints-or-nudges"
{more}
[[study.condition]]
name = "hints"
ceiling = "hint"
[[study.condition]]
name = "nudges"
ceiling = "nudge"
"""
PATIENCE_SECONDS = 60
START = types.Range(types.Position(0, 0), types.Position(0, 0))


@define
class Class:
    """A course that is served, and a student who can join it."""

    server: Served
    token: str
    laptop: Home
    program: Path

    @property
    def uri(self) -> str:
        return self.program.as_uri()

    def publish(self, text: str) -> int:
        return publish(self.server.course, text.encode()).number

    def allow(self) -> None:
        grant(self.laptop, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))

    def join(self) -> str:
        """Allow it and join, as a student does; return what they are told."""
        self.allow()
        address = f"http://127.0.0.1:{self.server.port}"
        done = foretrace(self.laptop, "collect", "join", address, FORETRACE_COURSE_TOKEN=self.token)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self) -> dict[str, Any]:
        """Ask how it stands, which renews the policy."""
        # That something cannot be sent makes another exit code, and is nothing to the policy.
        done = foretrace(self.laptop, "collect", "status", "--json")
        (told,) = json.loads(done.stdout)["courses"]
        assert isinstance(told, dict)
        return told

    def assign(self, ceiling: str = "fix") -> None:
        self.program.with_name("foretrace.toml").write_text(ASSIGNMENT.format(ceiling=ceiling))


@pytest.fixture
def klass(home: Home, tmp_path: Path) -> Iterator[Class]:
    course, tokens = make_course(tmp_path / "course", STUDENT)
    (tmp_path / "work").mkdir()
    with served(course) as server:
        found = Class(server, tokens[STUDENT], home, tmp_path / "work" / "largest.py")
        found.assign()
        yield found


def rule(ceiling: str, more: str = "") -> str:
    return f'[[rule]]\nceiling = "{ceiling}"\n{more}\n'


def in_seconds(seconds: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat()


async def texts(client: Client, uri: str) -> list[str]:
    """Return the texts that what is offered leads to, asked for explicitly."""
    return [applied(TEXT, each) for each in await client.fixes(uri) if each.edit is not None]


async def until_offered(client: Client, uri: str, wanted: list[str]) -> None:
    async def asked_again() -> None:
        while await texts(client, uri) != wanted:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.2)

    await asyncio.wait_for(asked_again(), PATIENCE_SECONDS)


async def why(client: Client, uri: str) -> dict[str, Any]:
    answer = await client.request("foretrace/why", {"textDocument": {"uri": uri}})
    assert isinstance(answer, dict)
    return answer


async def test_a_policy_lowers_what_is_offered_and_is_told(klass: Class) -> None:
    klass.publish(rule("hint", f"until = {in_seconds(86400 * 3)}"))
    klass.join()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        assert await texts(client, klass.uri) == []
        answer = await why(client, klass.uri)
        assert (answer["level"], answer["ceiling"]) == ("hint", "hint")
        (told,) = (each for each in answer["reasons"] if each["code"] == "course")
        assert told["message"].startswith("the course Programming 1 allows up to a hint until 20")
        (limit,) = (await client.request("foretrace/status"))["help"]["limits"]
        assert limit == answer["limit"]
        assert (limit["course"], limit["ceiling"]) == ("Programming 1", "hint")
        # However often a person asks.
        for _ in range(4):
            assert (await client.more_help(klass.uri))["level"] == "hint"
        assert await texts(client, klass.uri) == []
        assert len(client.diagnostics[klass.uri]) == 1


@pytest.mark.parametrize(
    ("file", "course", "chosen", "holds"),
    [
        ("step", "hint", "fix", "hint"),
        ("hint", "step", "fix", "hint"),
        ("fix", "step", "nudge", "nudge"),
        ("fix", "off", "fix", "off"),
    ],
)
async def test_the_strictest_of_file_course_and_person_holds(
    klass: Class, file: str, course: str, chosen: str, holds: str
) -> None:
    klass.assign(file)
    klass.publish(rule(course))
    klass.join()
    async with session(klass.laptop, options={**TRUSTED, "level": chosen}) as client:
        client.open(klass.uri, TEXT)
        assert await texts(client, klass.uri) == []
        assert (await why(client, klass.uri))["level"] == holds


async def test_a_policy_is_for_its_assignment_only(klass: Class) -> None:
    klass.publish(rule("off", 'assignment = "another"'))
    klass.join()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        assert FIXED in await texts(client, klass.uri)
        assert (await why(client, klass.uri))["limit"] is None
        klass.publish(rule("off", 'assignment = "largest"'))
        klass.status()
        await until_offered(client, klass.uri, [])
        assert (await why(client, klass.uri))["limit"]["assignment"] == "largest"


async def test_a_policy_ends_at_its_time_while_the_editor_is_open(klass: Class) -> None:
    klass.publish(rule("hint"))
    klass.join()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        assert await texts(client, klass.uri) == []
        klass.publish(rule("hint", f"until = {in_seconds(5)}"))
        assert klass.status()["policy"]["number"] == 2
        await until_offered(client, klass.uri, [FIXED])
        assert (await client.request("foretrace/status"))["help"]["limits"] == []


async def test_a_policy_begins_at_its_time_and_takes_back_what_was_offered(klass: Class) -> None:
    klass.join()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        assert await texts(client, klass.uri) == [FIXED]
        klass.publish(rule("nudge", f"from = {in_seconds(5)}"))
        assert klass.status()["policy"]["number"] == 1
        await until_offered(client, klass.uri, [])
        assert (await why(client, klass.uri))["level"] == "nudge"


async def test_what_was_published_meanwhile_comes_by_itself(klass: Class) -> None:
    klass.join()
    klass.publish(rule("hint"))
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        await until_offered(client, klass.uri, [])
        assert json.loads(klass.laptop.policies.read_text())


async def test_who_allows_nothing_to_be_sent_has_the_policy_all_the_same(klass: Class) -> None:
    klass.join()
    decide(klass.laptop, Action.WITHDRAW, decided_by="test", now=datetime.now(timezone.utc))
    klass.publish(rule("hint"))
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        await until_offered(client, klass.uri, [])
    # And nothing but the question reached the course.
    with closing(Store.create(klass.server.course.home)) as store:
        assert store.names() == []


async def test_an_editor_that_forbids_sending_asks_for_no_policy(klass: Class) -> None:
    klass.join()
    klass.publish(rule("hint"))
    async with session(klass.laptop, options={**TRUSTED, "sendingAllowed": False}) as client:
        client.open(klass.uri, TEXT)
        assert FIXED in await texts(client, klass.uri)
        await asyncio.sleep(2)
        assert FIXED in await texts(client, klass.uri)


async def test_a_policy_survives_being_offline(klass: Class) -> None:
    klass.publish(rule("hint"))
    klass.join()
    klass.server.stop()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        assert await texts(client, klass.uri) == []
        assert (await why(client, klass.uri))["level"] == "hint"
    told = klass.status()["policy"]
    assert told["words"] == ["the course Programming 1 allows up to a hint"]
    assert "cannot be reached" in told["trouble"]


async def test_who_leaves_the_course_leaves_its_policy(klass: Class) -> None:
    klass.publish(rule("hint"))
    klass.join()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        assert await texts(client, klass.uri) == []
        assert foretrace(klass.laptop, "collect", "leave").returncode == 0
        await until_offered(client, klass.uri, [FIXED])


def test_who_joins_is_shown_the_key_and_what_holds(klass: Class) -> None:
    klass.publish(rule("hint", 'assignment = "search"') + rule("step", f"from = {in_seconds(9e5)}"))
    told = klass.join()
    instructor = foretrace(
        klass.laptop, "collect", "policy", "--path", str(klass.server.course.home.path)
    )
    key = instructor.stdout.partition("the key is ")[2][:19]
    assert f"signed with the key {key}" in told
    assert "The course Programming 1 allows up to a hint in the assignment search." in told
    assert "All assignments: up to a step from 20" in told
    (course,) = read_courses(klass.laptop)
    assert (len(course.key), course.subject[0]) == (64, "s")
    assert key in foretrace(klass.laptop, "collect", "status").stdout


def test_a_course_with_another_key_is_refused_until_it_is_joined_anew(klass: Class) -> None:
    klass.publish(rule("hint"))
    klass.join()
    klass.server.course.home.signing_key.unlink()
    klass.publish(rule("fix"))
    told = klass.status()["policy"]
    assert "has another key" in told["trouble"]
    assert (told["number"], told["words"]) == (
        1,
        ["the course Programming 1 allows up to a hint"],
    )
    assert "Its key is another one than when you joined before" in klass.join()
    assert klass.status()["policy"]["number"] == 2


async def test_a_policy_that_is_refused_is_told_in_the_status(klass: Class) -> None:
    klass.publish(rule("hint"))
    klass.join()
    klass.server.course.home.signing_key.unlink()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        trouble = None
        while trouble is None:
            await asyncio.sleep(0.2)
            trouble = (await client.request("foretrace/status"))["sending"]["trouble"]
        assert "the policy that http://127.0.0.1" in trouble
        assert "is refused: it has another key" in trouble
        assert await texts(client, klass.uri) == []


def test_a_policy_is_told_to_who_has_a_token_and_withdrew_not(klass: Class) -> None:
    server = klass.server
    assert server.ask("GET", "/v1/policy").status == 401
    assert server.ask("GET", "/v1/policy", "another").content["error"] == "unknown-token"
    answer = server.ask("GET", "/v1/policy", klass.token)
    assert answer.status == 200
    enrolment = Enrolments(server.course).of_token(klass.token)
    assert enrolment is not None
    document = json.loads(answer.content["policy"])
    assert (document["number"], document["rules"]) == (0, [])
    assert document["subject"] == enrolment.subject
    assert answer.content["key"] == server.ask("GET", "/v1/course").content["key"]
    assert server.ask("POST", "/v1/withdraw", klass.token).status == 200
    assert server.ask("GET", "/v1/policy", klass.token).content["error"] == "withdrawn"


def test_a_policy_that_the_course_cannot_read_is_no_policy_of_none(klass: Class) -> None:
    klass.publish(rule("hint"))
    klass.join()
    klass.server.course.policies.write_text("{")
    answer = klass.server.ask("GET", "/v1/policy", klass.token)
    assert (answer.status, answer.content["error"]) == (503, "unavailable")
    assert klass.status()["policy"]["words"] == ["the course Programming 1 allows up to a hint"]


async def test_the_condition_that_held_is_recorded_and_reaches_the_course(klass: Class) -> None:
    klass.publish(STUDY.format(more=""))
    klass.join()
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        assert await texts(client, klass.uri) == []
        klass.publish(STUDY.format(more=f"until = {in_seconds(5)}"))
        assert klass.status()["policy"]["number"] == 2
        await until_offered(client, klass.uri, [FIXED])
        client.save(klass.uri, TEXT)
    held = [each for each in recorded(klass.laptop) if isinstance(each.event.body, ConditionHeld)]
    own, end = (each.event.body for each in held)
    address = f"http://127.0.0.1:{klass.server.port}"
    assert isinstance(own, ConditionHeld)
    assert own.condition in ("hints", "nudges")
    assert own == ConditionHeld("hints-or-nudges", own.condition, address)
    assert end == ConditionHeld("hints-or-nudges", "", address)
    # The other condition is nowhere on the laptop.
    (other,) = {"hints", "nudges"} - {own.condition}
    kept = json.loads(
        next(iter(json.loads(klass.laptop.policies.read_text())["policies"].values()))["document"]
    )
    kept["part"].pop("study")
    assert other not in json.dumps(kept)
    assert foretrace(klass.laptop, "collect", "push").returncode == 0
    with closing(Store.read(klass.server.course.home)) as store:
        (name,) = store.names()
        there = [each.event.body for each in store.events(name)]
    arrived = [each for each in there if isinstance(each, ConditionHeld)]
    assert arrived == [evolve(each, course="") for each in (own, end)]


async def test_a_course_is_told_nothing_of_a_study_of_another(klass: Class, tmp_path: Path) -> None:
    klass.publish(STUDY.format(more=""))
    klass.join()
    course, tokens = make_course(tmp_path / "other course", STUDENT)
    with served(course) as server:
        other = Class(server, tokens[STUDENT], klass.laptop, klass.program)
        other.publish(STUDY.replace("hint", "pace").format(more="").replace('"pace"', '"hint"'))
        other.join()
        async with session(klass.laptop, options=TRUSTED) as client:
            client.open(klass.uri, TEXT)
            assert await texts(client, klass.uri) == []
            client.change(klass.uri, 2, types.TextDocumentContentChangePartial(START, "# "))
            client.save(klass.uri, f"# {TEXT}")
        assert foretrace(klass.laptop, "collect", "push").returncode == 0
        kept = recorded(klass.laptop)
        for each, own, others in ((klass, "hints-or", "paces-or"), (other, "paces-or", "hints-or")):
            assert own in repr(kept)
            with closing(Store.read(each.server.course.home)) as store:
                (name,) = store.names()
                there = list(store.events(name))
            assert own in repr(there)
            assert others not in repr(there)
            assert replay(there).problems == []
            assert set(replay(there).texts.values()) == {f"# {TEXT}"}
            # Numbers have no gaps: what the course is not told counts, and says only that.
            assert last_of(there[-1]) == last_of(kept[-1])
            assert foretrace(klass.laptop, "collect", "push").returncode == 0


async def test_without_consent_no_condition_is_recorded(klass: Class) -> None:
    klass.publish(STUDY.format(more=""))
    klass.join()
    decide(klass.laptop, Action.WITHDRAW, decided_by="test", now=datetime.now(timezone.utc))
    async with session(klass.laptop, options=TRUSTED) as client:
        client.open(klass.uri, TEXT)
        await client.fixes(klass.uri)
    assert not klass.laptop.traces.exists()
