"""What edits cost trace models: a row for each edit of coders whom a model has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import asdict, frozen

from foretrace_models.trace_model.calling import call
from foretrace_models.trace_model.card import Card, read_card
from foretrace_models.traces.answers import Encoding
from foretrace_server.bench.intervals import Row
from foretrace_server.bench.resume import Rows
from foretrace_server.bench.trace.cost_figures import (
    adaptation,
    against,
    complete,
    costs,
    differences,
)
from foretrace_server.bench.trace.probes import probe_figures
from foretrace_server.bench.trace.recovery import recovery_rows
from foretrace_server.bench.trace.recovery_figures import recovery_figures

Tell = Callable[[str], None]

_CONTEXTS = ("none", "current", "trace", "trace_shuffled", "trace_vector", "trace_wrong_vector")
_KNOWN = (1, 2, 4, 8)
# From so many broken states at most models go on.
_MOST_STATES = 300
# How many edits of others a bare base is shown before it is asked.
_SHOWN = {"base": 0, "base_shown": 2}


@frozen
class Run:
    """What to measure: the models in folders, each on the coders whom it has not seen.

    `limit` is the most edits for each of them, taken by the seed. A `base` is a language model that
    is asked about the same edits as the first of them, as it was fetched.
    """

    data: Path
    weights: tuple[Path, ...]
    limit: int | None = None
    seed: int = 7
    resume: Path | None = None
    base: str | None = None


def measure_costs(run: Run, tell: Tell) -> dict[str, Any]:
    """Return the figures as a JSON object.

    Those at the top are of the first model's kind: models of one kind are taken together, since
    each of them left out other coders.

    Raises:
        CallError: a model cannot be asked.
        OSError: a file cannot be read or written.
        OtherRunError: the rows of the resumed file are of another run.
        WeightsError: a folder holds no weights.
    """
    cards = [read_card(folder) for folder in run.weights]
    networks = [card.files["network.safetensors"] for card in cards]
    signature = {"bench": "trace", "data": run.data.name, "weights": networks, "seed": run.seed}
    kept = Rows(run.resume, {**signature, "limit": run.limit})
    kinds = [_kind(card) for card in cards]
    by_kind: dict[str, list[Row]] = {kind: [] for kind in kinds}
    probed: list[Row] = []
    recovered: list[Row] = []
    most_states = min(run.limit or _MOST_STATES, _MOST_STATES) // kinds.count(kinds[0]) or 1
    dataset = ""
    for folder, card, kind, network in zip(run.weights, cards, kinds, networks, strict=True):
        if run.base is not None and kind == kinds[0]:
            for name, shown in _SHOWN.items():
                tell(f"{name}: {run.base}, asked about whom {card.name} left out")
                group = f"{name} {run.base} {network}"
                asked = {"base": run.base, "shown": shown}
                by_kind.setdefault(name, []).extend(_rows(run, folder, group, kept, tell, asked)[1])
        tell(f"{card.name}: {card.variant}, {card.tokens:,} tokens learned from")
        dataset, rows = _rows(run, folder, network, kept, tell)
        by_kind[kind].extend(rows)
        if kind == kinds[0]:
            probed += _probes(run, folder, network, kept)
            recovered += recovery_rows(run.data, folder, most_states, run.seed, kept, tell) or []
    first = by_kind[kinds[0]]
    shared = _scored_by_all(list(by_kind.values()))
    by_kind = {kind: [row for row in rows if row["id"] in shared] for kind, rows in by_kind.items()}
    compared = by_kind[kinds[0]]
    return {
        "dataset": f"{dataset} ({run.data.name})",
        "n": len(first),
        "coders": len({row["person"] for row in first}),
        "seed": run.seed,
        "limit": run.limit,
        "weights": [_told(card) for card in cards],
        **costs(first, run.seed),
        "differences": differences(first, run.seed),
        "adaptation": adaptation(first, run.seed),
        "probes": probe_figures(probed, run.seed),
        "recovery": recovery_figures(recovered, run.seed) if recovered else None,
        "variants": {
            kind: {**costs(rows, run.seed), "against_first": against(rows, compared, run.seed)}
            for kind, rows in by_kind.items()
        },
        "variants_n": len(shared),
    }


def _kind(card: Card) -> str:
    """Return what models have in common that learned in the same way, from different coders."""
    parts = [card.variant]
    if card.encoding is not Encoding.LINES:
        parts.append(card.encoding.value)
    if card.base is not None:
        parts.append(card.base.name)
    return "_".join(parts)


def _rows(
    run: Run,
    folder: Path,
    group: str,
    kept: Rows,
    tell: Tell,
    asked: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[str, list[Row]]:
    """Return the name of the data set, and a row for each edit that a model was asked about."""
    done = kept.of(group)
    found = [*done]

    def add(row: dict[str, Any]) -> None:
        row = {"person": row.pop("coder"), **row}
        kept.add(f"{group}/{row['id']}", row)
        found.append(row)

    request = {
        "data": str(run.data.resolve()),
        "weights": str(folder.resolve()),
        "contexts": _CONTEXTS,
        "seed": run.seed,
        "limit": run.limit,
        "adaptation": _KNOWN,
        "done": [row["id"] for row in done],
        **asked,
    }
    told = call("measure", request, add)
    tell(f"{len(found):,} edits")
    return told["dataset"], found


def _probes(run: Run, folder: Path, network: str, kept: Rows) -> list[Row]:
    """Return what probes of a model say."""
    item = f"{network} probes"
    row = kept.get(item)
    if row is None:
        request = {
            "data": str(run.data.resolve()),
            "weights": str(folder.resolve()),
            "seed": run.seed,
            "limit": run.limit,
        }
        row = {"says": call("probe", request)}
        kept.add(item, row)
    rows: list[Row] = row["says"]
    return rows


def _scored_by_all(kinds: Sequence[Sequence[Row]]) -> frozenset[str]:
    """Return the edits that fit in all contexts of models of every kind."""
    several = [{row["id"] for row in complete(rows)} for rows in kinds]
    return frozenset(set.intersection(*several))


def _told(card: Card) -> dict[str, Any]:
    told = asdict(card, filter=lambda attribute, _: attribute.name in _OF_CARD)
    return {**told, "variant": card.variant, "encoding": card.encoding.value}


_OF_CARD = frozenset({"name", "command", "encoder_command", "seed", "tokens"})
