/** Having nothing come by itself for a while. */

import { l10n, window } from "vscode";
import type { Server } from "./server";
import { SNOOZES } from "./snoozing";
import type { StatusItem } from "./status";

/** Ask for how long, or end it, and show that in the status bar. */
export async function snooze(server: Server, status: StatusItem): Promise<void> {
  const last = await status.refresh();
  const ends = { label: l10n.t("$(bell) End it now"), minutes: 0 };
  const choices = SNOOZES.map((minutes) => ({
    label:
      minutes === null
        ? l10n.t("$(bell-slash) Until the server is restarted")
        : l10n.t("$(bell-slash) For {0} minutes", minutes),
    minutes,
  }));
  const chosen = await window.showQuickPick(last?.timing.snoozed ? [ends, ...choices] : choices, {
    title: l10n.t("Foretrace: snooze suggestions"),
    placeHolder: l10n.t("For how long is nothing to come by itself?"),
  });
  if (chosen !== undefined) {
    await server.snooze(chosen.minutes);
    await status.refresh();
  }
}
