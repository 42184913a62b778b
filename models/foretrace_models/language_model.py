"""A language model on a device: its weights, its tokenizer, and one forward pass over some rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

import torch
from attrs import frozen
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedConfig,
    Qwen2Config,
)

from foretrace_models.kv_rows import KeyValueRows
from foretrace_models.packing import pack

RANDOM = "random:"
# Prompts are made to fit; a person does not wait for more than this on a laptop.
_CONTEXT = 2048
_ROWS_CPU = 8
_ROWS_GPU = 32
_SHAPES: dict[str, dict[str, int]] = {
    "tiny": {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 258,
    },
    "1.5b": {
        "hidden_size": 1536,
        "intermediate_size": 8960,
        "num_hidden_layers": 28,
        "num_attention_heads": 12,
        "num_key_value_heads": 2,
        "vocab_size": 151936,
    },
}


class Precision(str, Enum):
    """The numbers that a model computes with."""

    FP32 = "fp32"
    BF16 = "bf16"


_DTYPES = {Precision.FP32: torch.float32, Precision.BF16: torch.bfloat16}


class ModelError(Exception):
    """A model cannot serve here; the message says why."""


class Tokenizer(Protocol):
    """Text to numbers and back."""

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text."""

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of some tokens."""


@frozen
class Feed:
    """What one row gets in a forward pass: its tokens, and the slot of the first of them."""

    row: int
    start: int
    tokens: list[int]


class LanguageModel:
    """A causal language model that keeps the keys and values of several texts."""

    def __init__(
        self, name: str, model: Any, tokenizer: Tokenizer, ends: frozenset[int], rows: int | None
    ) -> None:
        self.name = name
        self.tokenizer = tokenizer
        self.ends = ends
        self.device: torch.device = model.device
        self.precision = Precision.BF16 if model.dtype == torch.bfloat16 else Precision.FP32
        self._model = model.eval()
        if self.device.type == "cpu":
            pack(self._model)
            # Else transformers copies keys and values for each of the heads that share them.
            os.environ["TRANSFORMERS_SDPA_FORCE_GQA"] = "1"
        self.rows = rows or (_ROWS_CPU if self.device.type == "cpu" else _ROWS_GPU)
        config = model.config
        longest = [getattr(config, "max_position_embeddings", _CONTEXT)]
        # Where attention looks back only so far, no text is longer: then it looks at everything.
        longest.append(getattr(config, "sliding_window", None) or _CONTEXT)
        self.context = min(_CONTEXT, *longest)
        self._layers = config.num_hidden_layers
        self.forget()

    def forget(self) -> None:
        """Drop the keys and values of all rows."""
        self._cache = KeyValueRows(self._layers, self.device)

    @property
    def rows_bytes(self) -> int:
        """How much memory the keys and values of all rows take."""
        return self._cache.bytes

    def copy_row(self, source: int, target: int, length: int) -> None:
        """Have a row begin as another does, by so many tokens."""
        with torch.inference_mode():
            self._cache.copy(source, target, length)

    def forward(self, feeds: Sequence[Feed], wanted: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """Run tokens through the model, and return logits of shape (wanted, vocabulary) per row.

        `wanted` names for each row the tokens, by their place in it, after which logits are wanted.
        """
        width = max(len(feed.tokens) for feed in feeds)
        padded = [feed.tokens + [0] * (width - len(feed.tokens)) for feed in feeds]
        kept = sorted({place for places in wanted for place in places}) or [0]
        with torch.inference_mode():
            positions, mask = self._cache.choose(
                [feed.row for feed in feeds], [feed.start for feed in feeds], width
            )
            logits = self._model(
                input_ids=torch.tensor(padded, device=self.device),
                position_ids=positions,
                attention_mask=mask,
                cache=self._cache,
                use_cache=True,
                logits_to_keep=torch.tensor(kept, device=self.device),
            ).logits
            index = {place: number for number, place in enumerate(kept)}
            return [
                logits[row, [index[place] for place in places]] for row, places in enumerate(wanted)
            ]


def load(
    folder: Path,
    name: str,
    device: str = "auto",
    precision: Precision | None = None,
    rows: int | None = None,
) -> LanguageModel:
    """Load a model from a folder with weights as safetensors; nothing is downloaded.

    Raises:
        ModelError: the folder holds none that can serve.
    """
    chosen = device_of(device)
    dtype = _DTYPES[precision or precision_of(chosen)]
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        _check(config)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            folder, config=config, dtype=dtype, local_files_only=True, use_safetensors=True
        )
    except (RuntimeError, MemoryError):
        raise
    except Exception as error:  # each library has errors of its own
        raise ModelError(f"the model {name} in {folder} cannot be loaded: {error}") from error
    ends = model.generation_config.eos_token_id
    numbers = ends if isinstance(ends, list) else [ends, tokenizer.eos_token_id]
    known = frozenset(number for number in numbers if number is not None)
    return LanguageModel(name, model.to(chosen), _Subwords(tokenizer), known, rows)


def load_random(
    shape: str,
    device: str = "auto",
    precision: Precision | None = None,
    rows: int | None = None,
    seed: int = 0,
) -> LanguageModel:
    """Make a model of a given shape with weights at random, to measure or to test with.

    Raises:
        ModelError: no such shape is known.
    """
    if shape not in _SHAPES:
        raise ModelError(f"there is no random model {shape!r}; there are {', '.join(_SHAPES)}")
    chosen = device_of(device)
    torch.manual_seed(seed)
    config = Qwen2Config(**_SHAPES[shape], tie_word_embeddings=True)
    with chosen:
        model = AutoModelForCausalLM.from_config(
            config, dtype=_DTYPES[precision or precision_of(chosen)]
        )
    return LanguageModel(RANDOM + shape, model, Bytes(), frozenset({Bytes.END}), rows)


class Bytes:
    """A tokenizer whose tokens are the bytes of the text, for models without one of their own."""

    END = 256

    def encode(self, text: str) -> list[int]:
        """Return the bytes of a text in UTF-8."""
        return list(text.encode("utf-8", "surrogatepass"))

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of some bytes; what is none becomes a replacement character."""
        return bytes(token for token in tokens if token < 256).decode("utf-8", "replace")


class _Subwords:
    """The tokenizer that comes with a model."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def encode(self, text: str) -> list[int]:
        # What looks like a token with a meaning of its own is text, as it came from a person.
        tokens: list[int] = self._tokenizer.encode(
            text, add_special_tokens=False, split_special_tokens=True
        )
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


def use_threads(count: int | None) -> None:
    """Have torch use so many threads, or all cores but one, which is left to the person."""
    cores = int(torch.cpu.get_capabilities().get("num_physical_cores", 1))
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    torch.set_num_threads(count or max(1, cores - 1))


def device_of(asked: str) -> torch.device:
    """Return the device of a name, the fastest there is for `auto`.

    Raises:
        ModelError: torch cannot use it here.
    """
    if asked != "auto":
        try:
            torch.empty(0, device=asked)
            return torch.device(asked)
        except (RuntimeError, AssertionError) as error:
            raise ModelError(f"torch cannot use the device {asked!r} here: {error}") from error
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def precision_of(device: torch.device) -> Precision:
    """Return the precision that is fast on a device: short numbers, where it has units for them."""
    if device.type != "cpu":
        return Precision.BF16
    can = torch.cpu.get_capabilities()
    fast = any(can.get(name) for name in ("amx_bf16", "avx512_bf16", "bf16"))
    return Precision.BF16 if fast else Precision.FP32


def _check(config: PreTrainedConfig) -> None:
    kinds = set(getattr(config, "layer_types", None) or ())
    if unknown := kinds - {"full_attention", "sliding_attention"}:
        names = ", ".join(sorted(unknown))
        raise ModelError(f"models of the kind {config.model_type} do not serve here ({names})")
