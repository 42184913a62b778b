"""The vocabulary of a trace model of our own: pieces of programs, learned from programs.

Words, digits, runs of white space and every other character stand apart, so that no piece hides
where a line ends or how deep it is. The pieces themselves are learned by byte pair encoding
("Neural Machine Translation of Rare Words with Subword Units"), and any text can be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

_APART = Regex(r"\n| +|\t+|[A-Za-z_]+|[0-9]|[^\sA-Za-z_0-9]|\s")
_FEWEST = 3


class Vocabulary:
    """Turns text to tokens and back; a marker is one token, and never comes of other text."""

    def __init__(self, tokenizer: Tokenizer, markers: Sequence[str]) -> None:
        tokenizer.encode_special_tokens = True  # markers in a text are its own letters
        self._tokenizer = tokenizer
        known = tokenizer.get_vocab(with_added_tokens=True)
        self._markers: dict[str, int] = {marker: known[marker] for marker in markers}
        self.size: int = tokenizer.get_vocab_size()

    def marker(self, marker: str) -> int:
        """Return the token of a marker."""
        return self._markers[marker]

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text; a marker in it is read as the letters that it is made of."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, without the markers among them."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=True))

    def save(self, path: Path) -> None:
        """Write the vocabulary to a JSON file."""
        self._tokenizer.save(str(path), pretty=False)


def learn(texts: Iterable[str], markers: Sequence[str], size: int) -> Vocabulary:
    """Return a vocabulary of so many tokens at most, the markers first, learned from texts."""
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
        special_tokens=list(markers),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=_FEWEST,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return Vocabulary(tokenizer, markers)


def load(path: Path, markers: Sequence[str]) -> Vocabulary:
    """Return a vocabulary that was saved.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no vocabulary with these markers.
    """
    text = path.read_text("utf-8")
    try:
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:  # the library raises nothing narrower
        raise ValueError(f"{path} is no vocabulary: {error}") from error
    lacking = [marker for marker in markers if tokenizer.token_to_id(marker) is None]
    if lacking:
        raise ValueError(f"{path} lacks the marker {lacking[0]!r}: it is of another format")
    return Vocabulary(tokenizer, markers)
