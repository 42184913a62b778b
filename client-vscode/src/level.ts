/** Choosing how much help comes by itself. */

import { type QuickPickItem, l10n, window } from "vscode";
import { set, settings } from "./configuration";
import { levelWords } from "./levelWords";
import { log } from "./log";
import { type Server, helped } from "./server";
import { LEVELS, type Level, isAbove } from "./settings";

interface Choice extends QuickPickItem {
  level: Level;
}

/** Ask for the level and set it; say so where an assignment allows less. */
export async function chooseLevel(server: Server): Promise<void> {
  const ceiling = await ceilingAtHand(server);
  const { level: present } = settings();
  const isTooMuch = (level: Level): boolean => ceiling !== undefined && isAbove(level, ceiling);
  const choices = LEVELS.map((level): Choice => {
    const notes = [
      level === present ? l10n.t("as now") : "",
      isTooMuch(level) ? l10n.t("more than this assignment allows") : "",
    ];
    const description = notes.filter(Boolean).join(", ");
    return { label: level, detail: levelWords(l10n.t, level), description, level };
  });
  const choice = await window.showQuickPick(choices, {
    title: l10n.t("Foretrace: how much help is to come by itself?"),
    placeHolder: l10n.t("One press of Alt+Shift+Enter gives the next level where you want it."),
  });
  if (choice === undefined) {
    return;
  }
  await set("level", choice.level);
  if (ceiling !== undefined && isTooMuch(choice.level)) {
    void window.showInformationMessage(
      l10n.t(
        "Foretrace: set to “{0}”. The assignment of this file allows help up to “{1}”, so that holds here.",
        choice.level,
        ceiling,
      ),
      // With a button to press, VS Code shows the whole of a message.
      l10n.t("OK"),
    );
  }
}

/** Return how much help the assignment of the file at hand allows, where that is known. */
async function ceilingAtHand(server: Server): Promise<Level | undefined> {
  const document = helped(window.activeTextEditor?.document.uri);
  if (document === undefined || server.state !== "running") {
    return undefined;
  }
  try {
    return (await server.why(document.uri)).ceiling ?? undefined;
  } catch (error) {
    log().warn("The server does not say how much help is allowed:", error);
    return undefined;
  }
}
