"""The optimizer: Muon for the matrices inside the network, Adam for everything else.

Muon ("Muon: An optimizer for hidden layers in neural networks", https://kellerjordan.github.io/posts/muon)
makes the rows and columns of each step orthogonal. It comes as far as Adam with a fraction of the
tokens, which is what counts where there is a processor and an evening.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

_BETAS = (0.9, 0.95)
_WEIGHT_DECAY = 0.1
_MOMENTUM = 0.95


class Optimizer:
    """Both optimizers as one, with one learning rate: steps of either are about as long."""

    def __init__(self, parameters: Mapping[str, Tensor]) -> None:
        self._parameters = parameters
        self._muon: torch.optim.Optimizer | None = None
        self._adam: torch.optim.Optimizer | None = None
        if inner := [p for name, p in parameters.items() if _is_inner(name, p)]:
            self._muon = torch.optim.Muon(
                inner,
                weight_decay=_WEIGHT_DECAY,
                momentum=_MOMENTUM,
                adjust_lr_fn="match_rms_adamw",
            )
        if outer := [p for name, p in parameters.items() if not _is_inner(name, p)]:
            self._adam = torch.optim.AdamW(outer, betas=_BETAS, weight_decay=_WEIGHT_DECAY)

    def step(self, learning_rate: float) -> None:
        """Take a step along the gradients, and forget them."""
        for part in filter(None, (self._muon, self._adam)):
            for group in part.param_groups:
                group["lr"] = learning_rate
            part.step()
            part.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Tensor]:
        """Return what is remembered of each parameter, by kind and name."""
        return {
            f"{what}.{name}": value.contiguous()
            for name, parameter in self._parameters.items()
            for what, value in self._of(name, parameter).get(parameter, {}).items()
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Remember what was remembered then.

        Raises:
            KeyError: something is missing.
        """
        for name, parameter in self._parameters.items():
            if _is_inner(name, parameter):
                kept = {"momentum_buffer": parameter.device}
            else:
                kept = {"step": "cpu", "exp_avg": parameter.device, "exp_avg_sq": parameter.device}
            self._of(name, parameter)[parameter] = {
                what: state[f"{what}.{name}"].to(device, copy=True) for what, device in kept.items()
            }

    def _of(self, name: str, parameter: Tensor) -> dict[Tensor, Any]:
        part = self._muon if _is_inner(name, parameter) else self._adam
        assert part is not None
        state: dict[Tensor, Any] = part.state
        return state


def _is_inner(name: str, parameter: Tensor) -> bool:
    """Return whether a parameter is a whole matrix in one of the network's layers."""
    return parameter.ndim == 2 and ".layers." in name and ".lora_" not in name
