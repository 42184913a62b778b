"""Killing the language model's process again and again, while much is asked of it."""

from __future__ import annotations

import asyncio
import random

from attrs import define

from foretrace_server.model import Model

_PROGRAM = "def add(a, b):\n    total = a + b\n    return total\n"
_ASKING = 8


@define
class Toll:
    """How many requests were made while so many processes were killed."""

    killed: int = 0
    asked: int = 0
    done: int = 0
    with_answer: int = 0


async def kill_again_and_again(model: Model, kills: int, seed: int = 7) -> Toll:
    """Kill so many processes at moments of the seed's choice, and wait until all is answered."""
    chance = random.Random(seed)
    toll = Toll()

    async def ask_on() -> None:
        while toll.killed < kills:
            toll.asked += 1
            prompt = f"{_PROGRAM}{toll.asked} "
            params = {"prompt": prompt, "max_tokens": chance.randint(1, 900)}
            answer = await model.ask("generate", params, 60.0)
            toll.done += 1
            toll.with_answer += answer is not None
            await asyncio.sleep(0.01)

    async def kill_on() -> None:
        while toll.killed < kills:
            # Sometimes before it is loaded, sometimes in the middle of its work.
            await asyncio.sleep(chance.uniform(0, 12))
            process = model._worker._process
            if process is not None:
                process.kill()
                toll.killed += 1

    await asyncio.gather(kill_on(), *(ask_on() for _ in range(_ASKING)))
    return toll
