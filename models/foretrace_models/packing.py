"""Packing: a model's weights in the order in which the processor's matrix units read them.

Without it oneDNN puts all weights in order anew in each pass, which takes a quarter of the time
when few tokens are read.
"""

from __future__ import annotations

import platform
from typing import Any

import torch
from torch import nn

from foretrace_models.four_bits import FourBitWeight

# Weights are packed for passes of about this many tokens.
_TOKENS = 16
# Up to so many tokens, four bits a weight are faster than the matrix units.
_FEW_TOKENS = 8
X86 = ("x86_64", "amd64")


class PackedLinear(nn.Module):  # type: ignore[misc]
    """A linear layer with packed weights, for inference on a CPU."""

    def __init__(self, linear: Any) -> None:
        super().__init__()
        weight = linear.weight.detach().contiguous()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight, _TOKENS)
        self._bias = None if linear.bias is None else linear.bias.detach()
        # torch 2.13 multiplies four bits by bf16 fast, and by fp32 slower than without them.
        short = weight.dtype == torch.bfloat16
        self._four_bits = FourBitWeight.of(weight) if short else None

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return the layer's output for states of shape (..., inputs)."""
        if self._four_bits is not None and states[..., 0].numel() <= _FEW_TOKENS:
            product = self._four_bits.multiply(states)
            return product if self._bias is None else product + self._bias
        return torch.ops.mkldnn._linear_pointwise(states, self._weight, self._bias, "none", [], "")


def pack(model: Any) -> None:
    """Pack all linear layers of a model on an x86 processor; leave them as they are on others."""
    if platform.machine().lower() not in X86 or not torch.backends.mkldnn.is_available():
        return
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear:
                setattr(module, name, PackedLinear(child))
