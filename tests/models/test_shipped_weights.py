"""The weights that every Foretrace brings with it."""

from __future__ import annotations

import pytest

from foretrace_models.catalogue import sha256_of
from foretrace_models.trace_model.card import SHIPPED, read_card, read_population
from foretrace_models.traces.prompts import VERSION

_LARGEST_BYTES = 15_000_000


def test_shipped_weights_are_what_their_card_says() -> None:
    card = read_card(SHIPPED)
    assert card.format == VERSION
    assert {name: sha256_of(SHIPPED / name) for name in card.files} == card.files
    assert all(each.licence and each.seen for each in card.data)
    assert card.command.startswith("foretrace train lm ")
    assert card.encoder_command.startswith("foretrace train coder ")
    assert card.metrics


def test_shipped_weights_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < _LARGEST_BYTES


def test_the_population_of_the_shipped_encoder_is_read_without_torch() -> None:
    assert read_population(SHIPPED).spreads


def test_the_shipped_network_finds_what_is_missing_likelier_than_nonsense() -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    from foretrace_models.trace_model.examples import example
    from foretrace_models.trace_model.scoring import answer_bits
    from foretrace_models.trace_model.weights import load
    from foretrace_models.traces.moments import Moment, Task

    weights = load(SHIPPED)
    assert weights.encoder is not None
    broken = "def total(items):\n    sum = 0\n    for item in items:\n        sum += item\n"
    longest, encoding = weights.card.shape.longest, weights.card.encoding

    def bits(after: str) -> float:
        moment = Moment(Task("python", "total"), broken, works=False)
        made = example(moment, after, weights.vocabulary, longest, encoding)
        assert made is not None
        return answer_bits(weights.network, [made])[0]

    assert bits(f"{broken}    return sum\n") < bits(f"{broken}    zork gnarl\n")
