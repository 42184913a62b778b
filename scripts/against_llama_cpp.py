"""Compares the language model's speed with that of llama.cpp, on the same weights and prompts.

llama.cpp is no dependency: it is used through another Python that has llama-cpp-python, with the
GGUF file that the default model was converted from. Prompts alternate between the two processes,
so that what else the machine does is shared. Both write greedily, keep what they have read of the
prompt before, and use as many threads.

Usage: .venv/bin/python scripts/against_llama_cpp.py OTHER_PYTHON MODEL.gguf [--threads 1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_SECONDS = 600.0
_DRAFT_TOKENS = 10  # llama-cpp-python's own default


def main() -> None:
    """Measure, or answer the one who does."""
    if sys.argv[1] == "--serve":
        _serve(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "lookup")
        return
    parser = argparse.ArgumentParser(description="Compares with llama.cpp.")
    parser.add_argument("python", type=Path, help="a Python with llama-cpp-python")
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--limit", type=int, default=16)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    print(json.dumps(asyncio.run(_compare(parser.parse_args())), indent=2))


async def _compare(options: argparse.Namespace) -> dict[str, Any]:
    from foretrace_server.bench.edit_prompts import edit_prompts
    from foretrace_server.bench.latency import FAST, ask, most_tokens
    from foretrace_server.worker import Worker

    ours = Worker(
        "the model's process",
        "-m",
        "foretrace_models.model_worker",
        "--threads",
        str(options.threads),
    )
    about = await ours.ask("info", {"load": True}, _SECONDS)
    others = {
        name: _Other(options.python, options.gguf.resolve(), about["threads"], name)
        for name in ("plain", "lookup")
    }
    took: dict[str, list[tuple[int, float, float]]] = {"foretrace": [], "plain": [], "lookup": []}
    for number, prompt in enumerate(edit_prompts(options.limit, options.seed)):
        print(f"prompt {number + 1} of {options.limit}", file=sys.stderr)
        answer = await ask(ours, prompt, FAST)
        took["foretrace"].append((answer.tokens, answer.first_seconds, answer.seconds))
        for name, other in others.items():
            told = other.ask({"prompt": prompt.text, "max_tokens": most_tokens(prompt)})
            took[name].append((told["tokens"], told["first_seconds"], told["seconds"]))
    await ours.end()
    for other in others.values():
        other.end()
    figures = {name: _figures(each) for name, each in took.items()}
    return {
        "threads": about["threads"],
        "precision": about["precision"],
        "prompts": options.limit,
        **figures,
        "ratio_after_first": figures["foretrace"]["after_first"] / figures["plain"]["after_first"],
        "ratio_whole": figures["foretrace"]["whole"] / figures["plain"]["whole"],
    }


def _figures(answers: list[tuple[int, float, float]]) -> dict[str, float]:
    tokens, first, seconds = (sum(column) for column in zip(*answers, strict=True))
    written = sum(each[0] - 1 for each in answers)
    return {"tokens": tokens, "after_first": written / (seconds - first), "whole": tokens / seconds}


class _Other:
    """A process with llama.cpp in it."""

    def __init__(self, python: Path, gguf: Path, threads: int, name: str) -> None:
        # The low priority that our own process has, too.
        command = ["nice", str(python), __file__, "--serve", str(gguf), str(threads), name]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def ask(self, params: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(params) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def _serve(gguf: Path, threads: int, lookup: bool) -> None:
    from llama_cpp import Llama
    from llama_cpp.llama_speculative import LlamaPromptLookupDecoding

    model = Llama(
        str(gguf),
        n_ctx=2048,
        n_threads=threads,
        n_threads_batch=threads,
        logits_all=lookup,
        draft_model=LlamaPromptLookupDecoding(num_pred_tokens=_DRAFT_TOKENS) if lookup else None,
        verbose=False,
    )
    for line in sys.stdin:
        params = json.loads(line)
        print(json.dumps(_answer(model, params["prompt"], params["max_tokens"])), flush=True)


def _answer(model: Any, prompt: str, most_tokens: int) -> dict[str, Any]:
    started = time.perf_counter()
    first = 0.0
    written: list[int] = []
    tokens = model.tokenize(prompt.encode(), add_bos=False, special=False)
    for token in model.generate(tokens, top_k=1, temp=0.0, repeat_penalty=1.0):
        first = first or time.perf_counter() - started
        if token == model.token_eos():
            break
        written.append(token)
        text = model.detokenize(written).decode("utf-8", "replace")
        if len(written) >= most_tokens or text.find("\n### ", 1) >= 0:
            break
    return {
        "text": text if written else "",
        "tokens": len(written),
        "first_seconds": first,
        "seconds": time.perf_counter() - started,
    }


if __name__ == "__main__":
    main()
