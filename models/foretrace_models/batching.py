"""Batching: texts that a model continues together, a step at a time.

A step is one pass through the model. New texts join and finished ones leave between two steps, and
so do those that nobody waits for any more. What a row computed stays until another text needs the
row, so that a text that begins like an earlier one is read from where they part.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from enum import Enum
from typing import Any

import torch
from attrs import define, field, frozen

from foretrace_models.drafting import Drafter, accepted
from foretrace_models.language_model import Feed, LanguageModel

# A step reads so many tokens at most: the fewer, the sooner a cancelled text is left.
_STEP_TOKENS_CPU = 256
_STEP_TOKENS_GPU = 4096
# While texts are written, so many with the drafts: more take longer than drafts are worth.
_DRAFT_TOKENS_CPU = 64
_DRAFT_TOKENS_GPU = 1024
# A beginning that is shorter is read again rather than copied or waited for.
_SHORTEST_SHARED = 16
_MOST_ALTERNATIVES = 8


class Reason(str, Enum):
    """Why a text ended."""

    STOP = "stop"
    ENOUGH = "enough"
    LENGTH = "length"
    DEADLINE = "deadline"
    CANCELLED = "cancelled"


class TextError(ValueError):
    """A text cannot be continued; the message says why, and holds nothing of it."""


@frozen
class Alternative:
    """A token that could stand in the place of one of a prompt; the likelihood is a logarithm."""

    place: int
    token: int
    log_likelihood: float


@define(eq=False)
class Text:
    """A text to continue, and what became of it.

    It ends at a token that ends texts, at one of the strings in `stop`, after `most_tokens`, at
    `deadline` (a monotonic time), when its words are `enough`, or when `cancelled` says so; a stop
    string right at its beginning does not count. `lookup` and `reuse` can be switched off to
    measure them. From the token at `judged_from` on, the prompt itself is judged: what else could
    stand in the place of each token.
    """

    prompt: list[int]
    most_tokens: int
    stop: tuple[str, ...] = ()
    deadline: float = float("inf")
    cancelled: Callable[[], bool] = lambda: False
    enough: Callable[[str], bool] = lambda _: False
    lookup: bool = True
    reuse: bool = True
    judged_from: int | None = None

    output: list[int] = field(factory=list)
    words: str = ""
    alternatives: list[Alternative] = field(factory=list)
    reason: Reason | None = None
    reused_tokens: int = 0
    steps: int = 0
    first_at: float | None = None
    _drafter: Drafter | None = None


# What yields texts to be continued, is handed them back when all have ended, and returns an answer.
Task = Generator[list[Text], list[Text], Any]


@define
class _Row:
    """A row of the model: the tokens whose keys and values it holds, and the text it works on."""

    number: int
    tokens: list[int] = field(factory=list)
    text: Text | None = None
    used_at: float = 0.0

    @property
    def pending(self) -> list[int]:
        """The tokens of the text that were not read yet."""
        assert self.text is not None
        prompt, output = self.text.prompt, self.text.output
        read = len(self.tokens)
        return prompt[read:] + output if read < len(prompt) else output[read - len(prompt) :]


class Batch:
    """The texts that one model works on."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._rows = [_Row(number) for number in range(model.rows)]
        self._waiting: list[Text] = []
        on_cpu = model.device.type == "cpu"
        self._step_tokens = _STEP_TOKENS_CPU if on_cpu else _STEP_TOKENS_GPU
        self._draft_tokens = _DRAFT_TOKENS_CPU if on_cpu else _DRAFT_TOKENS_GPU

    @property
    def busy(self) -> bool:
        """Whether there is a text to work on."""
        return bool(self._waiting) or any(row.text is not None for row in self._rows)

    def add(self, text: Text) -> None:
        """Have a text continued.

        Raises:
            TextError: it is empty, or too long for the model.
        """
        longest = self._model.context
        if not text.prompt:
            raise TextError("the prompt is empty")
        if len(text.prompt) + text.most_tokens > longest:
            raise TextError(
                f"a prompt of {len(text.prompt)} tokens and {text.most_tokens} more are too many "
                f"for this model, which reads {longest}"
            )
        if text.lookup:
            text._drafter = Drafter(text.prompt)
        self._waiting.append(text)

    def step(self) -> list[Text]:
        """Do one pass through the model; return the texts that are finished.

        Raises:
            RuntimeError: torch failed, for want of memory for example.
        """
        finished = self._leave()
        self._join()
        rows = [row for row in self._rows if row.text is not None]
        if not rows:
            return finished
        feeds, wanted = self._plan(rows)
        logits = self._model.forward(feeds, wanted)
        for feed, places, told in zip(feeds, wanted, logits, strict=True):
            row = self._rows[feed.row]
            self._take(row, feed, places, told)
            if row.text is not None and row.text.reason is not None:
                finished.append(row.text)
                row.text = None
        return finished

    def drop(self) -> list[Text]:
        """Give up all texts and everything computed, and return the texts."""
        dropped = self._waiting + [row.text for row in self._rows if row.text is not None]
        self._waiting = []
        self._rows = [_Row(row.number) for row in self._rows]
        self._model.forget()
        return dropped

    # Who leaves, and who joins.

    def _leave(self) -> list[Text]:
        now = time.monotonic()
        left = []

        def over(text: Text) -> bool:
            if text.cancelled():
                text.reason = Reason.CANCELLED
            elif now > text.deadline:
                text.reason = Reason.DEADLINE
            return text.reason is not None

        for row in self._rows:
            if row.text is not None and over(row.text):
                left.append(row.text)
                row.text = None
        left += [text for text in self._waiting if over(text)]
        self._waiting = [text for text in self._waiting if text.reason is None]
        return left

    def _join(self) -> None:
        """Give free rows to waiting texts, first come, first served."""
        self._waiting = [text for text in self._waiting if not self._place(text)]

    def _place(self, text: Text) -> bool:
        """Give a text a row if there is one, and what another row has read of it already."""
        free = [row for row in self._rows if row.text is None]
        if not free:
            return False
        # The last token is always read anew, for what comes after it.
        known = text.prompt[: min(len(text.prompt), text.judged_from or len(text.prompt)) - 1]
        if not text.reuse:
            known = []
        alike = {row.number: shared(row.tokens, known) for row in self._rows}
        best = max(self._rows, key=lambda row: (alike[row.number], row.text is None))
        length = alike[best.number]
        for row in self._rows:
            if row.text is not None:
                coming = shared(row.text.prompt, known)
                if coming >= length + _SHORTEST_SHARED and row.pending[1:]:
                    return False  # another row is just reading what this text begins with
        row = min(free, key=lambda row: row.used_at)
        if best.text is None and length:
            row = best
        elif length >= _SHORTEST_SHARED:
            self._model.copy_row(best.number, row.number, length)
        else:
            length = 0
        row.tokens = text.prompt[:length]
        row.text = text
        text.reused_tokens = length
        return True

    # What a step reads, and what comes of it.

    def _plan(self, rows: Sequence[_Row]) -> tuple[list[Feed], list[list[int]]]:
        """Return what each row reads, and after which tokens of it a next one is wanted.

        Prompts are read first, as many together as fit into a step; then all rows write together.
        """
        reading = [row for row in rows if len(row.pending) > 1]
        if not reading:
            longest = max(0, self._draft_tokens // len(rows) - 1)
            feeds = [Feed(row.number, len(row.tokens), self._drafted(row, longest)) for row in rows]
            return feeds, [list(range(len(feed.tokens))) for feed in feeds]
        feeds, wanted, width = [], [], 0
        for row in reading:
            part = row.pending[: self._step_tokens]
            width = max(width, len(part))
            if feeds and (len(feeds) + 1) * width > self._step_tokens:
                break
            feeds.append(Feed(row.number, len(row.tokens), part))
            wanted.append(_told(row, len(part)))
        return feeds, wanted

    def _drafted(self, row: _Row, longest: int) -> list[int]:
        text = row.text
        assert text is not None
        if text._drafter is None:
            return row.pending
        left = text.most_tokens - len(text.output) - 1
        return row.pending + text._drafter.draft(max(0, min(longest, left)))

    def _take(self, row: _Row, feed: Feed, wanted: list[int], logits: torch.Tensor) -> None:
        """Take in what the model says after the wanted tokens of a feed."""
        text = row.text
        assert text is not None
        text.steps += 1
        row.used_at = time.monotonic()
        pending = len(row.pending)
        if text.judged_from is not None and not text.output:
            _judge(text, [feed.start + place + 1 for place in wanted], logits)
        if len(feed.tokens) < pending:
            row.tokens += feed.tokens
            return
        draft = feed.tokens[pending:]
        # Four times as fast as argmax, where numbers are short.
        best = logits[-1 - len(draft) :].max(dim=-1).indices
        new = accepted(draft, best.tolist())
        row.tokens += [*feed.tokens[:pending], *new[:-1]]
        text.first_at = text.first_at or row.used_at
        if text._drafter is not None:
            text._drafter.accept(new)
        for token in new:
            if token in self._model.ends:
                text.reason = Reason.STOP
                break
            text.output.append(token)
        self._end(text)

    def _end(self, text: Text) -> None:
        """Find out whether a text ends here, and keep its words."""
        text.words = self._model.tokenizer.decode(text.output)
        ends = [place for stop in text.stop if (place := text.words.find(stop, 1)) >= 0]
        if ends:
            text.words = text.words[: min(ends)]
            text.reason = Reason.STOP
        elif text.reason is None and text.enough(text.words):
            text.reason = Reason.ENOUGH
        elif text.reason is None and len(text.output) >= text.most_tokens:
            text.reason = Reason.LENGTH


def _told(row: _Row, count: int) -> list[int]:
    """Return after which of the next tokens of a prompt something is wanted to be told."""
    text = row.text
    assert text is not None
    last = [count - 1] if count == len(row.pending) else []
    if text.judged_from is None:
        return last
    return list(range(max(0, text.judged_from - 1 - len(row.tokens)), count))


def _judge(text: Text, places: Sequence[int], logits: torch.Tensor) -> None:
    """Note which tokens could stand in some places of a prompt in place of those that do."""
    likelihoods = torch.log_softmax(logits.float(), dim=-1)
    best = likelihoods.topk(min(_MOST_ALTERNATIVES, likelihoods.shape[-1]), dim=-1)
    for place, values, tokens in zip(
        places, best.values.tolist(), best.indices.tolist(), strict=True
    ):
        if place < len(text.prompt):
            text.alternatives += [
                Alternative(place, token, value)
                for token, value in zip(tokens, values, strict=True)
                if token != text.prompt[place]
            ]


def shared(tokens: Sequence[int], others: Sequence[int]) -> int:
    """Return how many tokens two texts have in common at their beginning."""
    count = 0
    for ours, theirs in zip(tokens, others, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
