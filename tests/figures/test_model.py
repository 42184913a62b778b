"""What the language model adds to the rules, and what killing it costs."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from foretrace_models.catalogue import card_in_use, missing, weights_of
from foretrace_models.fetch import fetch
from foretrace_server import protocol, worker
from foretrace_server.model import language_model
from foretrace_telemetry.home import Home
from foretrace_telemetry.readers.exercises import Exercise, Program, read_exercises, read_programs
from tests.clients import TRUSTED, applied, session
from tests.figures.test_repair_over_lsp import assignment_text, passes, really_failing
from tests.kills import kill_again_and_again
from tests.processes import command_of, descendants

KILLS = 50
TESTS = (
    '[assignment]\nid = "price"\nentry = "price.py"\n'
    '[[test]]\ncall = "price(2)"\nexpected = "500"\n'
)
# Rules mend the first; the second is beyond them, so that the model is asked.
# Fifty deaths would else mean most of an hour of rests in which nothing can be killed.
UNRESTING = (
    "from foretrace_server import cli, worker\n"
    "worker._BACK_OFF_SECONDS = (0.0,)\n"
    "cli.main(['lsp', '--log-level', 'error'])\n"
)
PROGRAMS = (
    "def price(count)\n    return count * 250\n",
    "def price(count):\n    return count * 137\n",
)


@pytest.fixture
def with_model(home: Home) -> Home:
    """A data folder in which the model serves that the person fetched."""
    own = Home.default()
    card = card_in_use(own)
    if card is None or missing(own):
        pytest.skip("there is no language model here: foretrace model fetch")
    fetch(home, str(weights_of(own, card)))
    return home


async def _mended(
    home: Home, folder: Path, programs: list[Program], exercises: dict[str, Exercise]
) -> tuple[set[int], list[float]]:
    """Return which programs one code action mends, and how long each answer took, in seconds."""
    mended, seconds = set(), []
    async with session(home, options=TRUSTED) as client:
        for number, program in enumerate(programs):
            exercise = exercises[program.exercise]
            path = folder / str(number) / "program.py"
            path.parent.mkdir(parents=True)
            path.write_text(program.code, newline="")
            text = assignment_text(exercise, path.name)
            path.with_name("foretrace.toml").write_text(text)
            client.open(path.as_uri(), program.code)
            started = time.perf_counter()
            actions = await client.fixes(path.as_uri())
            seconds.append(time.perf_counter() - started)
            if actions and passes(path.parent, exercise, applied(program.code, actions[0])):
                mended.add(number)
            client.close(path.as_uri())
    return mended, seconds


@pytest.mark.figures
async def test_what_the_model_adds_to_the_rules(
    data: Path, home: Home, with_model: Home, tmp_path: Path
) -> None:
    exercises = read_exercises(data / "refactory")
    programs = really_failing(list(read_programs(data / "refactory")), exercises, tmp_path)
    without = Home(tmp_path / "without")
    rules, rules_seconds = await _mended(without, tmp_path / "rules", programs, exercises)
    both, both_seconds = await _mended(with_model, tmp_path / "both", programs, exercises)
    print(
        json.dumps(
            {
                "programs": len(programs),
                "mended_by_rules": len(rules),
                "mended_with_model": len(both),
                "only_with_model": len(both - rules),
                "only_without_model": len(rules - both),
                "seconds_p50": [statistics.median(each) for each in (rules_seconds, both_seconds)],
                "seconds_max": [max(each) for each in (rules_seconds, both_seconds)],
            }
        )
    )
    assert max(both_seconds) < 10.5


@pytest.mark.figures
async def test_a_server_whose_workers_are_killed_fifty_times_answers_every_request(
    with_model: Home, tmp_path: Path
) -> None:
    chance = random.Random(7)
    asked = answered = helped = 0
    killed: Counter[str] = Counter()
    server = (sys.executable, "-c", UNRESTING)
    async with session(with_model, options=TRUSTED, server=server) as client:

        async def ask_on(number: int) -> None:
            nonlocal asked, answered, helped
            path = tmp_path / str(number) / "price.py"
            path.parent.mkdir()
            path.with_name("foretrace.toml").write_text(TESTS)
            path.write_text(PROGRAMS[number % len(PROGRAMS)])
            while killed.total() < KILLS:
                # Opened anew, it is looked at anew.
                client.open(path.as_uri(), path.read_text())
                asked += 1
                fixes = await client.fixes(path.as_uri())
                answered += 1
                helped += bool(fixes)
                client.close(path.as_uri())

        async def kill_on() -> None:
            server = client._server.pid  # type: ignore[union-attr]
            while killed.total() < KILLS:
                await asyncio.sleep(chance.uniform(0, 3))
                names = {pid: worker_name(pid) for pid in descendants(server)}
                workers = sorted(pid for pid, name in names.items() if name)
                if workers:
                    chosen = chance.choice(workers)
                    os.kill(chosen, signal.SIGKILL)
                    killed[names[chosen]] += 1

        await asyncio.gather(kill_on(), *map(ask_on, range(4)))
        await client.request(protocol.STATUS)
    print(json.dumps({"killed": killed, "asked": asked, "answered": answered, "helped": helped}))
    assert answered == asked


def worker_name(process: int) -> str:
    """Return which worker a process is, if it is one."""
    command = command_of(process)
    names = ("foretrace_models.engine", "foretrace_models.model_worker")
    return next((name for name in names if command.rstrip().endswith(name)), "")


@pytest.mark.figures
async def test_kill_9_fifty_times_under_load(
    with_model: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORETRACE_HOME", str(with_model.path))
    monkeypatch.setattr(worker, "_BACK_OFF_SECONDS", (0.0,))
    model = language_model(with_model)
    toll = await kill_again_and_again(model, KILLS)
    print(toll)
    await model._worker.end()
    assert toll.done == toll.asked
