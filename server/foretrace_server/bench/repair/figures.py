"""The figures of a run: what its rows say together."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from foretrace_models.repair.sources import SourceName
from foretrace_server.bench.beside_students import summary as beside_students
from foretrace_server.bench.intervals import drawn_again, wilson
from foretrace_server.bench.repair.tasks import Row

_CURVE_SECONDS = (0.5, 1, 2, 5, 10)
_KEEPING = 0.95
# Why a program with a fix is not repaired.
_FAILS = "fails-the-suite"

Figure = Callable[[Sequence[Row]], float | None]


def figures(rows: Sequence[Row], seed: int) -> Row:
    """Return the figures over all rows, as a JSON object; None where there is nothing to count.

    Sizes are over all broken programs: of one that is not repaired, the relative size is 1 and the
    distance its whole length.
    """
    broken = [row for row in rows if row["broken"]]
    repaired = [row for row in broken if row["repaired"]]
    hidden = [row for row in repaired if row["hidden"] is not None]
    found: Row = {
        "programs": len(rows),
        "broken": len(broken),
        "sampled": sum(row["sampled"] for row in broken),
        "repaired": len(repaired),
        **_share("rate", broken, "repaired", seed),
        "hidden": len(hidden),
        **_share("hidden_rate", hidden, "hidden", seed),
        "special_cased": sum(bool(row["special_cased"]) for row in repaired),
        **_share("parses", broken, "parses", seed),
        **_sizes(broken),
        "identifiers_kept": _pooled(repaired, "identifiers"),
        "identifiers_kept_strict": _pooled(repaired, "identifiers_strict"),
        "style_kept": _mean(repaired, lambda row: row["style"]),
        "steps_median": _median(repaired, lambda row: row["steps"]),
        "seconds_p50": _percentile([row["seconds"] for row in broken], 50),
        "seconds_p95": _percentile([row["seconds"] for row in broken], 95),
        "intervals": _intervals(broken, repaired, seed),
        "over_repaired": _sizes(repaired),
        "by_source": _by_source(repaired),
        "curve": [
            {"seconds": seconds, "rate": _within(broken, seconds)} for seconds in _CURVE_SECONDS
        ],
        "candidates_per_second": _per_second(broken),
        "why_not": dict(Counter(row["why"] or _FAILS for row in broken if not row["repaired"])),
        "per_exercise": _per_exercise(rows),
    }
    found |= _tokens_kept(broken, seed)
    beside = [row["beside"] for row in broken if "beside" in row]
    if beside:
        found["beside_students"] = beside_students(beside, seed)
    return found


def _sizes(rows: Sequence[Row]) -> Row:
    """Return how large the changes are."""
    return {
        "rps_median": _median(rows, _rps("rps")),
        "rps_mean": _mean(rows, _rps("rps")),
        "rps_strict_median": _median(rows, _rps("rps_strict")),
        "rps_strict_mean": _mean(rows, _rps("rps_strict")),
        "token_distance_median": _median(rows, _tokens("token_distance", "whole_tokens")),
        "tokenize_distance_median": _median(rows, _tokens("tokenize_distance", "whole_tokenized")),
    }


def _share(name: str, rows: Sequence[Row], key: str, seed: int) -> Row:
    """Return a share of rows and its interval: by person where persons are known, else Wilson's."""
    part = sum(row[key] for row in rows)
    by_person = any(row["person"] for row in rows)
    return {
        name: part / len(rows) if rows else None,
        f"{name}_interval": drawn_again(rows, lambda some: _mean(some, lambda r: r[key]), seed)
        if by_person
        else wilson(part, len(rows)),
    }


def _intervals(broken: Sequence[Row], repaired: Sequence[Row], seed: int) -> Row:
    """Return the intervals of sizes and of what is kept, by drawing programs or persons again."""
    told: dict[str, tuple[Sequence[Row], Figure]] = {
        "rps_median": (broken, lambda rows: _median(rows, _rps("rps"))),
        "rps_mean": (broken, lambda rows: _mean(rows, _rps("rps"))),
        "token_distance_median": (
            broken,
            lambda rows: _median(rows, _tokens("token_distance", "whole_tokens")),
        ),
        "identifiers_kept": (repaired, lambda rows: _pooled(rows, "identifiers")),
        "style_kept": (repaired, lambda rows: _mean(rows, lambda row: row["style"])),
        "seconds_p50": (broken, lambda rows: _percentile([r["seconds"] for r in rows], 50)),
    }
    return {name: drawn_again(rows, figure, seed) for name, (rows, figure) in told.items()}


def _tokens_kept(broken: Sequence[Row], seed: int) -> Row:
    """Return how much fixes keep of the text, and beside it what the students changed themselves.

    Those are compared over the same programs: where there is a fix and the author's own version.
    """
    with_fix = [row for row in broken if "tokens_kept" in row]
    keeping = [
        row
        for row in with_fix
        if row["parses"] and row["tokens_kept"][0] >= _KEEPING * row["tokens_kept"][1]
    ]
    found: Row = {
        "tokens_kept": _pooled(with_fix, "tokens_kept"),
        "parses_keeping_95": len(keeping) / len(broken) if broken else None,
        "parses_keeping_95_interval": wilson(len(keeping), len(broken)),
    }
    paired = [row for row in broken if "to_own" in row]
    if paired:
        found["own_version"] = {
            "n": len(paired),
            "fix_distance_median": _median(paired, lambda row: row["to_fix"]),
            "own_distance_median": _median(paired, lambda row: row["to_own"]),
            "fix_distance_mean": _mean(paired, lambda row: row["to_fix"]),
            "own_distance_mean": _mean(paired, lambda row: row["to_own"]),
            "fix_rate": _mean(paired, lambda row: row["repaired"]),
            "own_rate": _mean(paired, lambda row: row["own_passes"]),
            "no_larger": _mean(paired, lambda row: row["to_fix"] <= row["to_own"]),
            "mean_difference_interval": drawn_again(
                paired, lambda rows: _mean(rows, lambda r: r["to_fix"] - r["to_own"]), seed
            ),
        }
    return found


def _by_source(repaired: Sequence[Row]) -> Row:
    """Return how many fixes each source has a part in."""
    counts = Counter(source for row in repaired for source in row["sources"])
    return {name.value: counts[name.value] for name in SourceName}


def _within(broken: Sequence[Row], seconds: float) -> float | None:
    return _mean(broken, lambda row: row["repaired"] and row["seconds"] <= seconds)


def _per_second(broken: Sequence[Row]) -> float | None:
    seconds = sum(row["seconds"] for row in broken)
    return sum(row["tried"] for row in broken) / seconds if seconds else None


def _per_exercise(rows: Sequence[Row]) -> Row:
    by_task: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_task[row["task"]].append(row)
    return {task: _of_exercise(own) for task, own in sorted(by_task.items())}


def _of_exercise(rows: Sequence[Row]) -> Row:
    broken = [row for row in rows if row["broken"]]
    repaired = [row for row in broken if row["repaired"]]
    hidden = [row for row in repaired if row["hidden"] is not None]
    return {
        "programs": len(rows),
        "broken": len(broken),
        "repaired": len(repaired),
        "rate": _mean(broken, lambda row: row["repaired"]),
        "rate_interval": wilson(len(repaired), len(broken)),
        "hidden_rate": _mean(hidden, lambda row: row["hidden"]),
        "rps_median": _median(broken, _rps("rps")),
        "token_distance_median": _median(broken, _tokens("token_distance", "whole_tokens")),
        "seconds_p50": _percentile([row["seconds"] for row in broken], 50),
    }


def _rps(key: str) -> Callable[[Row], float | None]:
    """Return what gives a row's relative size; a program that does not parse has none."""

    def relative(row: Row) -> float | None:
        if not row["parsed_before"]:
            return None
        return row[key] if row["repaired"] else 1.0

    return relative


def _tokens(key: str, whole: str) -> Callable[[Row], float | None]:
    return lambda row: row[key] if row["repaired"] else row[whole]


def _values(rows: Iterable[Row], of: Callable[[Row], float | None]) -> list[float]:
    return [value for value in map(of, rows) if value is not None]


def _median(rows: Sequence[Row], of: Callable[[Row], float | None]) -> float | None:
    values = _values(rows, of)
    return statistics.median(values) if values else None


def _mean(rows: Sequence[Row], of: Callable[[Row], float | None]) -> float | None:
    values = _values(rows, of)
    return statistics.fmean(values) if values else None


def _pooled(rows: Sequence[Row], key: str) -> float | None:
    whole = sum(row[key][1] for row in rows)
    return sum(row[key][0] for row in rows) / whole if whole else None


def _percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the value below or at which so many of the others lie, the nearest rank."""
    if not values:
        return None
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]
