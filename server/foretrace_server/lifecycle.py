"""Lifecycle: the client's settings as they come and change, and the status of the session."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from foretrace_server import __version__
from foretrace_server.settings import SECTION, with_configuration
from foretrace_telemetry import consent

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

log = logging.getLogger(__name__)


async def begin(server: ForetraceServer) -> None:
    """Get the client's configuration, and have it tell when that changes."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return
    changes = workspace.did_change_configuration
    if changes is not None and changes.dynamic_registration:
        registration = types.Registration(
            "foretrace-configuration",
            types.WORKSPACE_DID_CHANGE_CONFIGURATION,
            types.DidChangeConfigurationRegistrationOptions(section=SECTION),
        )
        try:
            await server.client_register_capability_async(types.RegistrationParams([registration]))
        except Exception as error:
            log.info("the client does not tell of changed settings: %s", error)
    await _fetch_configuration(server)


async def configuration_changed(server: ForetraceServer, settings: Any) -> None:
    """Take over changed settings: those sent along or, where the client can, those asked for."""
    workspace = server.client_capabilities.workspace
    if workspace is not None and workspace.configuration:
        await _fetch_configuration(server)
    elif isinstance(settings, dict):
        _apply(server, settings.get(SECTION))


def status(server: ForetraceServer) -> dict[str, Any]:
    """Return what a client or a person wants to know of the state of things."""
    writer = server.recording.writer.status
    return {
        "version": __version__,
        "recording": {
            **consent.to_json(server.recording.gate.consent),
            "session": writer.session,
            "committed": writer.committed,
            "waiting": writer.waiting,
            "lost": writer.lost,
            "trouble": writer.trouble,
        },
        "sending": server.sending.status,
        "programs": {
            "workspaceTrusted": server.settings.workspace_trusted,
            "runPrograms": server.settings.run_programs.value,
            "mayRun": server.suggestions.permission.given,
            "boundary": server.suggestions.boundary,
        },
        "help": {"level": server.settings.level.value, "limits": server.policies.status},
        "machine": server.policies.machine_status,
        "timing": server.suggestions.timing_status(),
        "worker": server.worker.state,
        "model": server.model.status,
        "traceModel": server.trace_model.status,
        "warnings": sorted(server.warned),
    }


async def _fetch_configuration(server: ForetraceServer) -> None:
    item = types.ConfigurationItem(section=SECTION)
    try:
        answer = await server.workspace_configuration_async(types.ConfigurationParams([item]))
    except Exception as error:
        log.info("the client gives no configuration: %s", error)
        return
    _apply(server, answer[0] if answer else None)


def _apply(server: ForetraceServer, section: Any) -> None:
    before = server.settings
    server.settings, warnings = with_configuration(server.settings, section)
    if server.settings.level is not before.level:
        server.suggestions.level_changed()
    for warning in warnings:
        server.warn_once(warning)
