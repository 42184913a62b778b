"""The network: a causal language model that reads one soft token, the coder, before the text.

After "Modeling Student Learning with 3.8 Million Program Traces", where a table has one row of 64
numbers for each student. Here the 64 numbers come from outside, so that a coder whom training never
saw has some too; one of whom nothing is known has the learned mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, LlamaConfig

from foretrace_models.trace_model.lesson import Shape

# How many numbers a coder's vector has.
VECTOR_SIZE = 64


class TraceNetwork(nn.Module):  # type: ignore[misc]
    """A causal language model, the mean vector, and the projector from vectors to soft tokens.

    A language model that is `given` stays as it is, but for an adapter in it.
    """

    def __init__(self, language_model: Any, is_given: bool = False) -> None:
        super().__init__()
        self.language_model = language_model
        self._is_given = is_given
        self.width: int = language_model.get_input_embeddings().embedding_dim
        self.mean = nn.Parameter(torch.zeros(VECTOR_SIZE))
        self.projector = nn.Linear(VECTOR_SIZE, self.width)
        nn.init.normal_(self.projector.weight, std=0.02)
        nn.init.normal_(self.projector.bias, std=0.02)

    def own_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Yield the weights that are learned, by name: all but those of a model that was given."""
        for name, parameter in self.named_parameters():
            if not (self._is_given and name.startswith("language_model.")) or ".lora_" in name:
                yield name, parameter

    def hidden(self, ids: Tensor, vectors: Tensor | None = None) -> Tensor:
        """Return the state before each token, from which that token is told.

        `ids` has the shape (batch, tokens), padded at the end with any token; `vectors` the shape
        (batch, 64), by default the mean. The result has the shape (batch, tokens + 1, width): the
        last state is that after all tokens.
        """
        if vectors is None:
            vectors = self.mean.expand(len(ids), -1)
        embedded = self.language_model.get_input_embeddings()(ids)
        soft = self.projector(vectors).unsqueeze(1).to(embedded.dtype)
        # Padding stands at the end and is looked at by nothing before it.
        inputs = torch.cat([soft, embedded], dim=1)
        out: Tensor = self.language_model.base_model(
            inputs_embeds=inputs, use_cache=False
        ).last_hidden_state
        return out

    def losses(self, ids: Tensor, counted: Tensor, vectors: Tensor | None = None) -> Tensor:
        """Return the negative log-likelihood, in nats, of the tokens that are `counted`.

        `counted` is a mask of the shape of `ids`; the result has one number for each place where it
        is true, row by row.
        """
        states = self.hidden(ids, vectors)[:, :-1][counted]
        logits = self.language_model.get_output_embeddings()(states)
        return nn.functional.cross_entropy(logits.float(), ids[counted], reduction="none")


def new_network(shape: Shape, vocabulary_size: int, seed: int) -> TraceNetwork:
    """Return a network of our own with weights as they are before any training."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocabulary_size,
        hidden_size=shape.width,
        intermediate_size=8 * shape.width // 3 // 32 * 32,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        max_position_embeddings=shape.longest + 1,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
    )
    return TraceNetwork(AutoModelForCausalLM.from_config(config))
