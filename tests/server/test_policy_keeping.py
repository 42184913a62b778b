"""The policy on a laptop: only what the course signed for this student is taken, nothing older."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.scripted_course import TOKEN, ScriptedCourse, scripted_course

from foretrace_models.repair.assignment import Level
from foretrace_server.policy.keeping import fetch, kept_policies, kept_policy
from foretrace_server.policy.rules import Part, Policy, Rule
from foretrace_server.policy.signed import PolicyRefusedError, SignedPolicy, checked, sign
from foretrace_telemetry.home import Home
from foretrace_telemetry.sending.calling import Line, UnreachableError
from foretrace_telemetry.sending.courses import Course, join, leave, read_courses

KEY, ANOTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n] * 32)) for n in (1, 2))
POLICY = Policy(
    course="Programming 1",
    subject="s0123456789abcdef",
    number=3,
    rules=(
        Rule(ceiling=Level.HINT, assignment="search", until_wall_us=5),
        Rule(ceiling=Level.STEP),
    ),
    part=Part(study="study", condition="hints", told=("hints", "steps"), from_wall_us=7),
)


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def told(
    policy: Policy, key: Ed25519PrivateKey = KEY, named: Ed25519PrivateKey | None = None
) -> dict[str, Any]:
    """Return what a course answers: a policy signed with one key, and the key that it names."""
    signed = sign(policy, key)
    return {
        "policy": signed.document,
        "signature": signed.signature,
        "key": public(named or key),
    }


@pytest.fixture
def scripted() -> Iterator[ScriptedCourse]:
    with scripted_course() as course:
        yield course


def joined(home: Home, scripted: ScriptedCourse, key: str = public(KEY)) -> Course:
    course = Course(scripted.address, "Programming 1", TOKEN, 5, "", key)
    join(home, course)
    return course


def fetched(home: Home, scripted: ScriptedCourse) -> Policy | None:
    """Ask the course as a laptop does."""
    (course,) = read_courses(home)
    return fetch(home, course, Line(scripted.address, TOKEN), 10)


def test_a_good_policy_is_kept_for_the_owner_only(home: Home, scripted: ScriptedCourse) -> None:
    joined(home, scripted)
    scripted.policy = told(POLICY)
    assert fetched(home, scripted) == POLICY
    assert kept_policies(home) == {scripted.address: POLICY}
    assert stat.S_IMODE(home.policies.stat().st_mode) == 0o600
    # Who the student is to the course is known from now on.
    assert read_courses(home)[0].subject == POLICY.subject
    assert scripted.requests == [("GET", "/v1/policy")]
    assert scripted.tokens == [f"Bearer {TOKEN}"]


def damaged(answer: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**answer, **changes}


GOOD = told(POLICY)
HOSTILE = {
    "another key": (told(POLICY, ANOTHER), "has another key"),
    "another key under the name of the right one": (told(POLICY, ANOTHER, KEY), "not signed by"),
    "the signature of another": (
        damaged(GOOD, signature=told(evolve(POLICY, number=9))["signature"]),
        "not signed by",
    ),
    "no signature": (damaged(GOOD, signature=""), "not signed by"),
    "a signature of letters": (damaged(GOOD, signature="signed"), "signature is none"),
    "a document that was changed": (
        damaged(GOOD, policy=GOOD["policy"].replace('"hint"', '"fix"')),
        "not signed by",
    ),
    "a document with a space more": (damaged(GOOD, policy=f"{GOOD['policy']} "), "not signed by"),
    "half of a character": (damaged(GOOD, policy="\ud83d"), "not signed by"),
    "a lower number": (told(evolve(POLICY, number=2)), "number 3 was here already"),
    "another student": (told(evolve(POLICY, subject="s1")), "for another student"),
    "another course": (told(evolve(POLICY, course="Programming 2")), "of another course"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_the_course_did_not_sign_for_this_student_is_refused_and_the_last_good_one_stays(
    home: Home, scripted: ScriptedCourse, case: str
) -> None:
    joined(home, scripted)
    scripted.policy = GOOD
    fetched(home, scripted)
    scripted.policy, named = HOSTILE[case]
    with pytest.raises(PolicyRefusedError) as refusal:
        fetched(home, scripted)
    assert named in str(refusal.value)
    assert kept_policies(home) == {scripted.address: POLICY}


@pytest.mark.parametrize(
    "document",
    [
        {"format": "foretrace-policy", "version": 2},
        {"format": "foretrace-segment", "version": 1},
        {"format": "foretrace-policy", "version": 1, "number": "3"},
        {"format": "foretrace-policy", "version": 1, "course": "A", "subject": "s", "number": True},
        {
            **{"format": "foretrace-policy", "version": 1, "course": "A", "subject": "s"},
            **{"number": 1, "rules": [{"ceiling": "most"}]},
        },
        {
            **{"format": "foretrace-policy", "version": 1, "course": "A", "subject": "s"},
            **{"number": 1, "unknown": 1},
        },
        {},
        [],
        None,
        *(
            {
                **{"format": "foretrace-policy", "version": 1, "course": "A", "subject": "s"},
                **{"number": 1, "rules": rules},
            }
            for rules in (
                [{"ceiling": "hint"}] * 102,
                [{"ceiling": "hint", "assignment": "\x1b[2J"}],
                [{"ceiling": "hint", "until_wall_us": 10**30}],
                [{"ceiling": "hint", "until_wall_us": -1}],
            )
        ),
    ],
    ids=range(13),
)
def test_what_this_version_does_not_know_is_refused_whoever_signed_it(document: Any) -> None:
    text = json.dumps(document)
    signature = KEY.sign(b"foretrace-policy\0" + text.encode()).hex()
    with pytest.raises(PolicyRefusedError):
        checked(SignedPolicy(text, signature), public(KEY))


def test_a_signature_for_something_else_is_none_for_a_policy() -> None:
    text = sign(POLICY, KEY).document
    with pytest.raises(PolicyRefusedError):
        checked(SignedPolicy(text, KEY.sign(text.encode()).hex()), public(KEY))


@given(st.integers(0, 63), st.integers(1, 255))
def test_no_signature_with_another_byte_counts(place: int, change: int) -> None:
    signed = sign(POLICY, KEY)
    raw = bytearray(bytes.fromhex(signed.signature))
    raw[place] ^= change
    with pytest.raises(PolicyRefusedError):
        checked(evolve(signed, signature=raw.hex()), public(KEY))


@pytest.mark.parametrize("answer", [{"x": 1}, {"policy": 1, "signature": 2, "key": 3}, ["x"]])
def test_what_is_no_answer_changes_nothing(
    home: Home, scripted: ScriptedCourse, answer: Any
) -> None:
    joined(home, scripted)
    scripted.policy = GOOD
    fetched(home, scripted)
    scripted.policy = answer
    with pytest.raises(UnreachableError):
        fetched(home, scripted)
    assert kept_policies(home) == {scripted.address: POLICY}


def test_a_higher_number_takes_the_place_and_the_same_one_stays(
    home: Home, scripted: ScriptedCourse
) -> None:
    joined(home, scripted)
    for number in (3, 3, 4):
        scripted.policy = told(evolve(POLICY, number=number))
        fetched(home, scripted)
    assert [each.number for each in kept_policies(home).values()] == [4]


def test_a_course_that_was_joined_before_it_had_a_key_is_known_by_the_first_one(
    home: Home, scripted: ScriptedCourse
) -> None:
    joined(home, scripted, key="")
    assert fetched(home, scripted) is None  # an older course has no policies
    scripted.policy = GOOD
    assert fetched(home, scripted) == POLICY
    scripted.policy = told(POLICY, ANOTHER)
    with pytest.raises(PolicyRefusedError):
        fetched(home, scripted)
    assert kept_policies(home) == {scripted.address: POLICY}


def test_what_was_changed_on_the_laptop_holds_no_more(home: Home, scripted: ScriptedCourse) -> None:
    course = joined(home, scripted)
    scripted.policy = GOOD
    fetched(home, scripted)
    home.policies.write_text(home.policies.read_text().replace("hint", "fixx"))
    assert kept_policy(home, course) is None
    for spoiled in ("{", "[]", '{"policies": 3}', json.dumps({"policies": {course.address: 3}})):
        home.policies.write_text(spoiled)
        assert kept_policies(home) == {}
    assert fetched(home, scripted) == POLICY
    assert kept_policies(home) == {scripted.address: POLICY}


def test_who_left_a_course_has_no_policy_of_it(home: Home, scripted: ScriptedCourse) -> None:
    joined(home, scripted)
    scripted.policy = GOOD
    fetched(home, scripted)
    leave(home, scripted.address, 9)
    assert kept_policies(home) == {}


def test_who_joins_anew_as_somebody_else_gets_their_policy(
    home: Home, scripted: ScriptedCourse
) -> None:
    joined(home, scripted)
    scripted.policy = GOOD
    fetched(home, scripted)
    joined(home, scripted, public(ANOTHER))
    assert kept_policies(home) == {}
    other = evolve(POLICY, subject="s1", number=1)
    scripted.policy = told(other, ANOTHER)
    assert fetched(home, scripted) == other
