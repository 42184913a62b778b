"""Keys and values of several texts at once, a row each.

The token at position p of a text lies in slot p of its row, whatever the other rows hold. So rows
of different lengths need no padding, dropping the end of a text is only a smaller number, and a
beginning that two texts share can be copied from one row to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache

_FEWEST_SLOTS = 256


class KeyValueRows(Cache):  # type: ignore[misc]
    """For each layer keys and values of shape (rows, heads, slots, size of a head).

    There are no more rows and slots than were needed so far, to the next power of two.
    """

    def __init__(self, layers: int, device: torch.device) -> None:
        super().__init__(layers=[])
        self._device = device
        self._layers: list[list[torch.Tensor]] = [[] for _ in range(layers)]
        self._size = (1, _FEWEST_SLOTS)
        self._chosen: slice | torch.Tensor = slice(0, 0)
        self._row_index = self._slots = torch.empty(0)
        self._start = self._end = 0

    def choose(
        self, rows: Sequence[int], starts: Sequence[int], width: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Say into which rows the next forward pass writes, from which slots on, how many tokens.

        Returns the positions of its tokens, of shape (rows, width), and the attention mask, of
        shape (rows, 1, width, slots). What a row's padding writes is overwritten by its next
        tokens before anything can see it.
        """
        first, count = rows[0], len(rows)
        self._start, self._end = starts[0], max(starts) + width
        self._grow(max(rows) + 1, self._end)
        index = torch.tensor(rows, device=self._device)
        in_order = list(rows) == list(range(first, first + count))
        self._chosen = slice(first, first + count) if in_order else index
        begin = torch.tensor(starts, device=self._device)
        positions = begin[:, None] + torch.arange(width, device=self._device)
        self._row_index, self._slots = index[:, None], positions
        slots = torch.arange(self._end, device=self._device)
        return positions, slots[None, None, None, :] <= positions[:, None, :, None]

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        layer_idx: int,
        *_: Any,
        **__: Any,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write what a layer computed, (rows, heads, width, size), and return its chosen rows."""
        layer = self._layers[layer_idx]
        if not layer:
            layer += [self._room(key_states), self._room(value_states)]
        return self._written(layer[0], key_states), self._written(layer[1], value_states)

    def copy(self, source: int, target: int, length: int) -> None:
        """Have the first slots of one row hold what those of another do."""
        self._grow(target + 1, length)
        for layer in self._layers:
            for buffer in layer:
                buffer[target, :, :length] = buffer[source, :, :length]

    def get_seq_length(self, _: int = 0) -> int:
        """Return how many tokens there were before; some models ask for it."""
        return self._start

    @property
    def bytes(self) -> int:
        """How much memory the rows take."""
        return sum(buffer.nbytes for layer in self._layers for buffer in layer)

    def _written(self, buffer: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        if states.shape[0] == 1:
            buffer[self._chosen, :, self._start : self._end] = states
        else:
            buffer[self._row_index, :, self._slots] = states.transpose(1, 2)
        return buffer[self._chosen, :, : self._end]

    def _room(self, states: torch.Tensor) -> torch.Tensor:
        # Zeros, as what is masked out is still multiplied, and what is no number stays none.
        rows, slots = self._size
        return states.new_zeros((rows, states.shape[1], slots, states.shape[3]))

    def _grow(self, rows: int, slots: int) -> None:
        old = self._size
        self._size = max(old[0], _power_of_two(rows)), max(old[1], _power_of_two(slots))
        if self._size == old:
            return
        for layer in self._layers:
            for number, buffer in enumerate(layer):
                layer[number] = self._room(buffer)
                layer[number][: old[0], :, : old[1]] = buffer


def _power_of_two(number: int) -> int:
    """Return the next power of two."""
    return 1 << (number - 1).bit_length()
