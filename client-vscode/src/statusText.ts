/** The status as a page to read. */

import type { Status } from "./protocol";

export function statusText({
  version,
  recording,
  programs,
  worker,
  model,
  warnings,
}: Status): string {
  const lines = [
    ["Version", version],
    ["Recording", recording.reason],
    ["Content", recording.content ?? "nothing"],
    ["Scopes", recording.scopes.join(", ") || "none"],
    ["Permission ends", recording.expires_at?.slice(0, 10) ?? "-"],
    ["Paused", recording.paused ? "yes" : "no"],
    ["This session", recording.session],
    ["Events kept", recording.committed.toString()],
    ["Events waiting", recording.waiting.toString()],
    ["Events lost", recording.lost.toString()],
    ["Trouble", recording.trouble ?? "none"],
    ["Workspace", programs.workspaceTrusted ? "trusted" : "not trusted"],
    [
      "Running programs",
      `${programs.runPrograms}; ${programs.mayRun ? "allowed" : "not allowed"} now`,
    ],
    ["Boundary", programs.boundary ?? "no program was run yet"],
    ["Worker", worker],
    ["Model", model.available ? "available" : model.reason],
    ["Warnings", warnings.join("\n                   ") || "none"],
  ];
  return `${lines.map(([name = "", value = ""]) => `${name.padEnd(18)} ${value}`).join("\n")}\n`;
}
