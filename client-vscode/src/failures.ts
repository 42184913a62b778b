/** What to tell a person where something did not work. */

import { l10n } from "vscode";
import type { Server } from "./server";

/** Say why there was no answer from the server, and what to do. */
export function notAnswering({ state }: Server): string {
  switch (state) {
    case "preparing":
    case "starting":
      return l10n.t("Foretrace is still starting.");
    case "stopped":
      return l10n.t("Foretrace is not running. The command “Foretrace: Restart Server” starts it.");
    case "running":
      return l10n.t("Foretrace's server does not answer. Its log may say why.");
  }
}

/** Return what an error says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
