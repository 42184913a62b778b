"""Consent: what a person allowed, as an append-only log of decisions, and what follows from it.

The log is a text file of its own and not a table of the store, so that it outlives a damaged
database and can be read without any tool. Whatever cannot be read counts as "no". Each line has the
hash of all before it, so that one that was changed or taken out there counts as unreadable, too.
What a person allows holds as far as the policy of the machine goes. Programs that decide at the
same time wait for each other.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

import cattrs
from attrs import evolve, frozen

from foretrace_telemetry.home import Home
from foretrace_telemetry.language import ENGLISH, t
from foretrace_telemetry.locking import HeldError, holding
from foretrace_telemetry.machine_policy import MachinePolicy, read_machine_policy
from foretrace_telemetry.notices import NOTICE_VERSION, NOTICES

VALIDITY = timedelta(days=365)
_PATIENCE_SECONDS = 5.0


class Scope(str, Enum):
    """What recorded events may be used for."""

    LOCAL = "local"
    OWN_MODEL = "own-model"
    REMOTE_MODEL = "remote-model"
    INSTRUCTOR = "instructor"
    RESEARCH = "research"
    TERMINAL_TEXT = "terminal-text"


class Content(str, Enum):
    """Whether the text itself is recorded, or only when and how much."""

    FULL = "full"
    METADATA = "metadata"


class Action(str, Enum):
    """What was decided."""

    GRANT = "grant"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    PAUSE = "pause"
    RESUME = "resume"


class ForbiddenError(Exception):
    """The policy of the machine forbids what was to be allowed; the message says so."""


@frozen
class Decision:
    """One line of the log. `scopes` is empty where the action concerns all of them.

    `notice_language` is the one that the notice was read in; lines without it are of English ones.
    A grant or a pause that ends by itself does so at `expires_at`. Sessions are kept for
    `keep_days` after their last event, without a number until they are forgotten.
    """

    action: Action
    decided_at: datetime
    decided_by: str
    scopes: tuple[Scope, ...] = ()
    content: Content | None = None
    notice_version: int | None = None
    notice_sha256: str | None = None
    notice_language: str = ENGLISH
    expires_at: datetime | None = None
    keep_days: int | None = None
    previous_sha256: str = ""


@frozen
class Consent:
    """What holds now. `content` is what may be recorded: None means nothing at all.

    `undecided` is true until somebody decides, and again once a permission has ended.
    """

    content: Content | None
    scopes: frozenset[Scope] = frozenset()
    reason: str = ""
    expires_at: datetime | None = None
    paused: bool = False
    undecided: bool = False
    paused_until: datetime | None = None
    keep_days: int | None = None


NOTHING_DECIDED = Consent(None, reason="nobody was asked yet", undecided=True)
_converter = cattrs.Converter(forbid_extra_keys=True, omit_if_default=True)
_converter.register_unstructure_hook(
    datetime, lambda moment: moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")
)
_converter.register_structure_hook(
    datetime, lambda text, _: datetime.fromisoformat(text).astimezone(timezone.utc)
)


def notice(
    home: Home,
    now: datetime,
    validity: timedelta = VALIDITY,
    keep_days: int | None = None,
    language: str = ENGLISH,
) -> str:
    """Return the text that a person consents to, in a language that there is one in."""
    days, words = _kept(home, now, keep_days), NOTICES[language]
    return words.text.format(
        home=home.path,
        expires=f"{now + validity:%Y-%m-%d}",
        kept=words.kept_for_days.format(days=days) if days else words.kept_until_forgotten,
    )


def _kept(home: Home, now: datetime, keep_days: int | None) -> int | None:
    """Return how many days to keep sessions: as before where nothing is said."""
    return keep_days if keep_days is not None else read_consent(home, now).keep_days


def grant(
    home: Home,
    scopes: Iterable[Scope],
    content: Content,
    decided_by: str,
    now: datetime,
    validity: timedelta = VALIDITY,
    keep_days: int | None = None,
    language: str = ENGLISH,
) -> Decision:
    """Record a permission; every one covers `local`, for nothing works without it.

    `language` is that of the notice which the person was shown.

    Raises:
        ForbiddenError: the policy of the machine does not allow as much.
        OSError: the log cannot be written.
    """
    policy = read_machine_policy()
    if content not in allowed_contents(policy):
        raise ForbiddenError(t("nothing was allowed: {why}", why=policy.recording_words))
    decision = Decision(
        Action.GRANT,
        decided_at=now,
        decided_by=decided_by,
        scopes=tuple(sorted({*scopes, Scope.LOCAL}, key=list(Scope).index)),
        content=content,
        notice_version=NOTICE_VERSION,
        notice_sha256=NOTICES[language].sha256,
        notice_language=language,
        expires_at=now + validity,
        keep_days=_kept(home, now, keep_days),
    )
    _append(home, decision)
    return decision


def decide(
    home: Home,
    action: Action,
    decided_by: str,
    now: datetime,
    scopes: Iterable[Scope] = (),
    until: datetime | None = None,
) -> Decision:
    """Record a decision other than a grant; a withdrawal without scopes concerns all of them.

    A pause ends at `until`, without it when somebody resumes.

    Raises:
        OSError: the log cannot be written.
    """
    decision = Decision(action, now, decided_by, scopes=tuple(scopes), expires_at=until)
    _append(home, decision)
    return decision


def read_consent(home: Home, now: datetime) -> Consent:
    """Return what holds now; a log that is missing or unreadable allows nothing."""
    return within(read_machine_policy(), _read_log(home, now))


def _read_log(home: Home, now: datetime) -> Consent:
    try:
        log = history(home)
    except OSError as error:
        reason = t("{file} cannot be read: {error}", file=home.consent_log, error=error.strerror)
        return Consent(None, reason=reason)
    consent = evolve(NOTHING_DECIDED, reason=t(NOTHING_DECIDED.reason))
    for number, decision in enumerate(log, start=1):
        if decision is None:
            consent = Consent(
                None,
                reason=t(
                    "line {number} of {file} cannot be read; "
                    "decide again with `foretrace consent grant` or `withdraw`",
                    number=number,
                    file=home.consent_log,
                ),
            )
        else:
            consent = applied(consent, decision)
    return as_of(consent, now)


def within(policy: MachinePolicy, consent: Consent) -> Consent:
    """Return what of a consent the policy of the machine lets hold; nobody is asked in vain."""
    words = policy.recording_words
    if words is None:
        return consent
    if not policy.may_record:
        return evolve(consent, content=None, undecided=False, reason=words)
    if consent.content is Content.FULL:
        return evolve(consent, content=Content.METADATA, reason=f"{consent.reason}; {words}")
    return consent


def allowed_contents(policy: MachinePolicy) -> tuple[Content, ...]:
    """Return what the policy of the machine lets anybody allow, the most first."""
    allowed = {Content.FULL: policy.may_record_text, Content.METADATA: policy.may_record}
    return tuple(content for content, is_allowed in allowed.items() if is_allowed)


def history(home: Home) -> list[Decision | None]:
    """Return all decisions in their order, None for each line of the log that cannot be read.

    Raises:
        OSError: the log cannot be read.
    """
    try:
        return list(decisions(home.consent_log.read_bytes().splitlines(keepends=True)))
    except FileNotFoundError:
        return []


def decisions(lines: Iterable[bytes]) -> Iterator[Decision | None]:
    """Iterate over the decisions of a log's lines, line ends included; None for an unreadable."""
    before = hashlib.sha256()
    for line in lines:
        previous_sha256 = before.hexdigest()
        before.update(line)
        try:
            decision = _converter.structure(json.loads(line), Decision)
        except Exception:  # whatever is wrong with a line, it does not allow anything
            yield None
            continue
        # One that does not follow on from what stands before it was changed, or that was.
        yield decision if decision.previous_sha256 == previous_sha256 else None


def as_of(consent: Consent, now: datetime) -> Consent:
    """Return what of a consent holds at a moment: permissions and pauses can end by themselves."""
    if consent.expires_at is not None and now >= consent.expires_at:
        reason = t("the permission ended on {date}", date=f"{consent.expires_at:%Y-%m-%d}")
        return Consent(None, reason=reason, undecided=True, keep_days=consent.keep_days)
    if consent.paused_until is not None and now >= consent.paused_until:
        return evolve(consent, paused=False, paused_until=None)
    return consent


def applied(consent: Consent, decision: Decision) -> Consent:
    """Return what holds after a decision."""
    date = f"{decision.decided_at:%Y-%m-%d}"
    if decision.action is Action.GRANT:
        return Consent(
            decision.content,
            consent.scopes | frozenset(decision.scopes),
            t("granted on {date}", date=date),
            decision.expires_at,
            keep_days=decision.keep_days,
        )
    if decision.action is Action.DECLINE:
        return Consent(None, reason=t("declined on {date}", date=date), keep_days=consent.keep_days)
    if decision.action is Action.WITHDRAW:
        kept = consent.scopes - frozenset(decision.scopes or Scope)
        if Scope.LOCAL in kept:
            return evolve(consent, scopes=kept)
        return Consent(
            None, reason=t("withdrawn on {date}", date=date), keep_days=consent.keep_days
        )
    paused = decision.action is Action.PAUSE
    return evolve(consent, paused=paused, paused_until=decision.expires_at if paused else None)


def _append(home: Home, decision: Decision) -> None:
    home.create()
    try:
        with holding(home.consent_log, _PATIENCE_SECONDS):
            _append_alone(home, decision)
    except HeldError as error:
        raise TimeoutError(str(error)) from error


def _append_alone(home: Home, decision: Decision) -> None:
    """Append a decision while no other program does: each has the hash of all before it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    descriptor = os.open(home.consent_log, flags, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        before = file.read()
        # A line that was cut off by a crash must not swallow this one.
        mend = b"\n" if before and not before.endswith(b"\n") else b""
        decision = evolve(decision, previous_sha256=hashlib.sha256(before + mend).hexdigest())
        file.write(mend + json.dumps(_converter.unstructure(decision)).encode() + b"\n")
        os.fsync(descriptor)


def to_json(consent: Consent) -> dict[str, Any]:
    """Return a consent as a JSON object, for commands and the editor."""
    return {
        "recording": consent.content is not None and not consent.paused,
        "content": consent.content.value if consent.content else None,
        "scopes": [scope.value for scope in Scope if scope in consent.scopes],
        "paused": consent.paused,
        "paused_until": consent.paused_until.isoformat() if consent.paused_until else None,
        "keep_days": consent.keep_days,
        "undecided": consent.undecided,
        "reason": consent.reason,
        "expires_at": consent.expires_at.isoformat() if consent.expires_at else None,
    }


def decision_to_json(decision: Decision) -> dict[str, Any]:
    """Return a decision as a JSON object, without the hash of what stands before it."""
    told: dict[str, Any] = _converter.unstructure(decision)
    return {key: value for key, value in told.items() if key != "previous_sha256"}
