"""The vocabulary of a trace model: pieces of programs, learned from programs, or a base's own.

Words, numbers, runs of white space and every other character stand apart, so that no piece hides
where a line ends or how deep it is, and each marker of the text format is a token of its own. The
pieces are learned by byte pair encoding ("Neural Machine Translation of Rare Words with Subword
Units"); single bytes are among them, so any text can be written.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from foretrace_models.traces.markers import (
    ANSWER,
    EDIT,
    END,
    INTO,
    NOW,
    PAST,
    REGION,
    TASK,
)

_APART = Regex(r"\n| +|\t+|[A-Za-z_]+|[0-9]{1,3}|[^ \n\tA-Za-z_0-9]")
_FEWEST = 3
_MARKERS = (TASK, PAST, EDIT, INTO, NOW, REGION, ANSWER, END)


class Vocabulary:
    """Turns text to tokens and back."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        # What looks like a token with a meaning of its own is text, as it came from a person.
        self._tokenizer.encode_special_tokens = True
        self.size: int = tokenizer.get_vocab_size()

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=False))

    def token(self, name: str) -> int | None:
        """Return the token of a name, None where there is none."""
        number: int | None = self._tokenizer.token_to_id(name)
        return number

    def save(self, path: Path) -> None:
        """Write the vocabulary to a JSON file."""
        self._tokenizer.save(str(path), pretty=False)


def learn(texts: Iterable[str], size: int) -> Vocabulary:
    """Return a vocabulary of so many tokens at most, learned from texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_APART, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        min_frequency=_FEWEST,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return Vocabulary(tokenizer)


def of_base(path: Path, kept: Collection[int]) -> Vocabulary:
    """Return the vocabulary of a language model's tokenizer, in which each marker is one token.

    Tokenizers that were trained on clean text lack some control characters. These take the places
    of tokens with a special meaning that no text has, but for those that are `kept`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no tokenizer, or no place is left for a marker.
    """
    told = json.loads(path.read_text("utf-8"))
    before = load(path)
    spare = [t for t in told["added_tokens"] if t["special"] and t["id"] not in kept]
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    lacking = [c for c in map(chr, range(128)) if before.text(before.tokens(c)) != c]
    for character, place in zip(lacking, spare, strict=False):
        ((letter, _),) = letters.pre_tokenize_str(character)
        told["added_tokens"].remove(place)
        told["model"]["vocab"].pop(place["content"], None)
        told["model"]["vocab"][letter] = place["id"]
    vocabulary = Vocabulary(Tokenizer.from_str(json.dumps(told)))
    for marker in _MARKERS:
        tokens = vocabulary.tokens(marker)
        if len(tokens) != 1 or vocabulary.text(tokens) != marker:
            raise ValueError(f"the tokenizer in {path} has no token for {marker!r}")
    return vocabulary


def load(path: Path) -> Vocabulary:
    """Return a vocabulary that was saved.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no vocabulary.
    """
    text = path.read_text("utf-8")
    try:
        return Vocabulary(Tokenizer.from_str(text))
    except Exception as error:  # the library raises nothing narrower
        raise ValueError(f"{path} is no vocabulary: {error}") from error
