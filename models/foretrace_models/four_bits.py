"""Four bits: weights that were published as such, read as such where reading them is the work.

A pass over few tokens takes as long as its weights take to come out of memory. Many small models
are published in four bits a weight, in groups of 32 with a step and an offset each (Q4_1 of GGUF).
Loaded as ordinary numbers they still lie on those 16 steps, so the four bits can be had back and
nothing is lost. Weights that do not are left as they are: nobody asked for a coarser model.
"""

from __future__ import annotations

from typing import Any

import torch

_GROUP = 32
_STEPS = 15
# The kernel counts from the middle of the steps, and takes outputs in blocks.
_MIDDLE = 8
_BLOCK = 16
_ROUNDINGS = 4


class FourBitWeight:
    """The weight of a linear layer in four bits, with a step and an offset for each group."""

    def __init__(self, levels: torch.Tensor, steps: torch.Tensor, offsets: torch.Tensor) -> None:
        outputs, inputs = levels.shape[0], levels.shape[1] * _GROUP
        flat = levels.reshape(outputs, inputs).to(torch.int32)
        self._packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(flat, 1)
        middles = offsets + _MIDDLE * steps
        self._scales = torch.stack([steps, middles], dim=-1).transpose(0, 1).contiguous()

    @classmethod
    def of(cls, weight: torch.Tensor) -> FourBitWeight | None:
        """Return the four bits of a weight of shape (outputs, inputs), None where it has more."""
        outputs, inputs = weight.shape
        if inputs % _GROUP or outputs % _BLOCK:
            return None
        groups = weight.float().reshape(outputs, inputs // _GROUP, _GROUP)
        offsets = groups.amin(-1)
        steps = (groups.amax(-1) - offsets) / _STEPS
        width = torch.where(steps > 0, steps, 1.0)[..., None]
        levels = ((groups - offsets[..., None]) / width).round()
        lost = (groups - offsets[..., None] - levels * width).abs().amax(-1)
        # What comes of rounding to the numbers that the weight is held in is no difference.
        rounding = _ROUNDINGS * torch.finfo(weight.dtype).eps * groups.abs().amax(-1)
        if bool((lost > rounding).any()):
            return None
        return cls(levels, steps.to(weight.dtype), offsets.to(weight.dtype))

    def multiply(self, states: torch.Tensor) -> Any:
        """Return the product with states of shape (..., inputs)."""
        flat = states.reshape(-1, states.shape[-1])
        product = torch.ops.aten._weight_int4pack_mm_for_cpu(
            flat, self._packed, _GROUP, self._scales
        )
        return product.reshape(*states.shape[:-1], -1)
