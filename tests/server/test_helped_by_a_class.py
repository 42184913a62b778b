"""A class's help over the protocol: a fix is offered that says where it came from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.class_edits import ASSIGNMENT, ID, broken, mended
from tests.clients import TRUSTED, applied, session
from tests.stored import recorded

from foretrace_models.repair.class_help import Offered, encoded
from foretrace_models.repair.rules.mined import MinedRule
from foretrace_telemetry import class_help
from foretrace_telemetry.events import SuggestionMoved
from foretrace_telemetry.home import Home

RULE = MinedRule("'Dear'", "'Dear '", {}, 0.0)


async def test_a_fix_says_that_others_in_the_course_mended_it_so(
    consented: Home, tmp_path: Path
) -> None:
    offered = json.loads(encoded({ID: Offered(1, (RULE,))}))["assignments"]
    class_help.keep(consented, "https://course.example.org", offered)
    (tmp_path / "foretrace.toml").write_text(ASSIGNMENT, encoding="utf-8")
    uri = (tmp_path / "greet.py").as_uri()
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, broken("me"))
        (action,) = await client.fixes(uri)
        assert action.title.endswith("(2 tests pass; others in your course mended it so)")
        assert applied(broken("me"), action) == mended("me")
    moved = [e.event.body for e in recorded(consented) if isinstance(e.event.body, SuggestionMoved)]
    assert {body.source for body in moved} == {"class"}
