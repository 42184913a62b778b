"""The engine: a process of its own for work that takes long, may fail, or must be cancelled.

It works off requests one at a time, in their order. Run as ``python -m foretrace_models.engine``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from foretrace_models.repair.diagnosis import situation_from_json, to_json
from foretrace_models.repair.offered_rules import OfferedRules
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.sandbox import spares
from foretrace_models.repair.sources import Sources
from foretrace_models.service import Request, Service, run
from foretrace_telemetry.home import Home
from foretrace_telemetry.language import speak

Method = Callable[[Any, Callable[[], bool]], Any]


# What courses offer is read again where it has changed.
_offered = OfferedRules(Home.default())


def _diagnose(params: Any, cancelled: Callable[[], bool]) -> Any:
    speak(params.get("language"))
    situation = situation_from_json(params["situation"])
    sources = Sources(past=situation.past, shared=_offered.rules_for(situation.path))
    return to_json(diagnose(situation, params["seconds"], cancelled, sources))


METHODS: dict[str, Method] = {"diagnose": _diagnose}


class Engine(Service):
    """Works off requests one at a time; another thread reads them, so that any can be cancelled."""

    def serve(self) -> None:
        """Work off requests until closed."""
        while (request := self.next_request()) is not None:
            request.work_off(_worked_off)
            spares.leave()


def _worked_off(request: Request) -> Any:
    return METHODS[request.method](request.params, lambda: request.cancelled)


def main() -> None:
    """Serve on standard input and output."""
    run(Engine)


if __name__ == "__main__":
    main()
