"""The vocabulary of a trace model of our own: pieces of programs, learned from programs.

Words, numbers, runs of white space and every other character stand apart, so that no piece hides
where a line ends or how deep it is, and each marker of the text format is a token of its own. The
pieces are learned by byte pair encoding ("Neural Machine Translation of Rare Words with Subword
Units"); single bytes are among them, so any text can be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

_APART = Regex(r"\n| +|\t+|[A-Za-z_]+|[0-9]{1,3}|[^ \n\tA-Za-z_0-9]")
_FEWEST = 3


class Vocabulary:
    """Turns text to tokens and back."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.size: int = tokenizer.get_vocab_size()

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=False))

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
