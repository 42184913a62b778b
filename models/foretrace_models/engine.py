"""The engine: a process of its own for work that takes long, may fail, or must be cancelled.

It works off requests one at a time, in their order. Run as ``python -m foretrace_models.engine``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from foretrace_models.repair.diagnosis import situation_from_json, to_json
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.sandbox import spares
from foretrace_models.repair.sources import Sources
from foretrace_models.service import Request, Service, run

Method = Callable[[Any, Callable[[], bool]], Any]


def _diagnose(params: Any, cancelled: Callable[[], bool]) -> Any:
    situation = situation_from_json(params["situation"])
    sources = Sources(past=situation.past)
    return to_json(diagnose(situation, params["seconds"], cancelled, sources))


METHODS: dict[str, Method] = {"diagnose": _diagnose}


class Engine(Service):
    """Works off requests one at a time; another thread reads them, so that any can be cancelled."""

    def serve(self) -> None:
        """Work off requests until closed."""
        while (request := self.next_request()) is not None:
            self._work_off(request)

    def _work_off(self, request: Request) -> None:
        if request.cancelled:
            request.fail("cancelled")
            return
        try:
            result = METHODS[request.method](request.params, lambda: request.cancelled)
        except Exception as error:  # one bad request must not end the process
            request.fail(error)
        else:
            request.answer(result)
        spares.leave()


def main() -> None:
    """Serve on standard input and output."""
    run(Engine)


if __name__ == "__main__":
    main()
