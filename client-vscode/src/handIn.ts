/** Hands in what was recorded: one file, saved where a person wants it, and only if they agree. */

import { Uri, l10n, window, workspace } from "vscode";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConsentDialog } from "./consent";
import { counted } from "./counted";
import { reasonOf } from "./failures";
import { log } from "./log";
import type { Server } from "./server";

/** One of these must be allowed. */
const SCOPES = ["instructor", "research"];

export async function handIn(server: Server, consent: ConsentDialog): Promise<void> {
  const { recording } = await server.status();
  const may = recording.scopes.some((scope) => SCOPES.includes(scope));
  if (!may && !(await consent.allowHandingIn(recording))) {
    return;
  }
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const target = await window.showSaveDialog({
    defaultUri: Uri.file(join(folder, "mine.foretrace")),
    filters: { [l10n.t("Traces of Foretrace")]: ["foretrace"] },
    title: l10n.t("Where to save what you hand in?"),
  });
  if (target === undefined) {
    return;
  }
  try {
    const { sessions, events } = await server.exportBundle(target.fsPath);
    const whole = counted(l10n.t, sessions, "session");
    void window.showInformationMessage(
      l10n.t("Saved {0} with {1} in {2}.", whole, counted(l10n.t, events, "event"), target.fsPath),
    );
  } catch (error) {
    log().error("Nothing was handed in:", error);
    void window.showErrorMessage(l10n.t("Foretrace could not save it: {0}", reasonOf(error)));
  }
}
