"""Numbers out of a file of safetensors, without numpy."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, deserialize

from foretrace_models.learned.card import WeightsError

_CODES = {"F32": "f", "F16": "e", "I32": "i", "U16": "H", "U8": "B"}

Tensors = dict[str, tuple[Any, ...]]


def read_tensors(file: Path) -> Tensors:
    """Return the numbers of each tensor, row after row.

    Raises:
        WeightsError: the file is missing, spoiled, or has numbers of another kind.
    """
    try:
        return {name: _numbers(tensor) for name, tensor in deserialize(file.read_bytes())}
    except (OSError, SafetensorError, KeyError, struct.error) as error:
        raise WeightsError(f"{file} cannot be used: {error!r}") from error


def _numbers(tensor: dict[str, Any]) -> tuple[Any, ...]:
    data = bytes(tensor["data"])
    code = _CODES[tensor["dtype"]]
    return struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data)
