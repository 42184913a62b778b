/** Choosing how much help comes by itself. */

import { type QuickPickItem, l10n, window } from "vscode";
import { set, settings } from "./configuration";
import { limitWords } from "./explain";
import { levelWords } from "./levelWords";
import { log } from "./log";
import type { Limit, Why } from "./protocol";
import { type Server, helped } from "./server";
import { LEVELS, type Level, isAbove } from "./settings";

interface Choice extends QuickPickItem {
  level: Level;
}

/** Ask for the level and set it; say so where an assignment, a course or the machine allows less. */
export async function chooseLevel(server: Server): Promise<void> {
  const why = await whyAtHand(server);
  const ceiling = why?.ceiling ?? undefined;
  // Both may set a limit; the stricter one is named.
  const limit = why?.limit?.ceiling === ceiling ? (why?.limit ?? undefined) : undefined;
  const { level: present } = settings();
  const isTooMuch = (level: Level): boolean => ceiling !== undefined && isAbove(level, ceiling);
  const choices = LEVELS.map((level): Choice => {
    const notes = [
      level === present ? l10n.t("as now") : "",
      isTooMuch(level) ? tooMuch(limit) : "",
    ];
    const description = notes.filter(Boolean).join(", ");
    return { label: level, detail: levelWords(l10n.t, level), description, level };
  });
  const choice = await window.showQuickPick(choices, {
    title: l10n.t("Foretrace: how much help is to come by itself?"),
    placeHolder:
      limitWords(limit === undefined ? [] : [limit]) ??
      l10n.t("One press of Alt+Shift+Enter gives the next level where you want it."),
  });
  if (choice === undefined) {
    return;
  }
  await set("level", choice.level);
  if (ceiling !== undefined && isTooMuch(choice.level)) {
    void window.showInformationMessage(
      limit === undefined
        ? l10n.t(
            "Foretrace: set to “{0}”. The assignment of this file allows help up to “{1}”, so that holds here.",
            choice.level,
            ceiling,
          )
        : l10n.t("Foretrace: set to “{0}”. {1}", choice.level, limitWords([limit]) ?? ""),
      // With a button to press, VS Code shows the whole of a message.
      l10n.t("OK"),
    );
  }
}

function tooMuch(limit: Limit | undefined): string {
  if (limit === undefined) {
    return l10n.t("more than this assignment allows");
  }
  return limit.course === null
    ? l10n.t("more than this machine's policy allows")
    : l10n.t("more than the course {0} allows", limit.course);
}

/** Return what is known of help with the file at hand, how much is allowed among it. */
async function whyAtHand(server: Server): Promise<Why | undefined> {
  const document = helped(window.activeTextEditor?.document.uri);
  if (document === undefined || server.state !== "running") {
    return undefined;
  }
  try {
    return await server.why(document.uri);
  } catch (error) {
    log().warn("The server does not say how much help is allowed:", error);
    return undefined;
  }
}
