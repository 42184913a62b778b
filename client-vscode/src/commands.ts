/** The commands of the palette. */

import { dirname, delimiter } from "node:path";
import { type Disposable, type ExtensionContext, commands, env, l10n, window } from "vscode";
import { DOCUMENTS } from "./client";
import type { ConsentDialog } from "./consent";
import { runDoctor } from "./doctor";
import type { Documents } from "./documents";
import { openExample } from "./example";
import { explain } from "./explain";
import { notAnswering } from "./failures";
import { forget, forgetLastMinutes } from "./forget";
import { handIn } from "./handIn";
import type { IntentItem } from "./intent";
import { chooseLevel } from "./level";
import { log } from "./log";
import { showMenu } from "./menu";
import type { MinePanel } from "./minePanel";
import { statusPage } from "./pages";
import type { Server } from "./server";
import { chooseInterpreter } from "./setup";
import { snooze } from "./snooze";
import type { StatusItem } from "./status";
import type { Suggestions } from "./suggestions";
import { activeAssistants } from "./yielding";

const WALKTHROUGH = "start";

export interface Parts {
  server: Server;
  suggestions: Suggestions;
  consent: ConsentDialog;
  status: StatusItem;
  intent: IntentItem;
  documents: Documents;
  mine: MinePanel;
  extension: ExtensionContext["extension"];
}

export function registerCommands(parts: Parts): Disposable[] {
  const { server, suggestions, consent, intent, status, documents, mine, extension } = parts;
  const all: Readonly<Record<string, () => unknown>> = {
    menu: () => showMenu(parts),
    accept: async () => (await suggestions.accept()) || whyNothing(suggestions),
    dismiss: async () => (await suggestions.dismiss()) || whyNothing(suggestions),
    moreHelp: async () => (await suggestions.moreHelp()) || whyNothing(suggestions),
    showDiff: async () => (await suggestions.showDiff()) || whyNothing(suggestions),
    whyNothing: () => whyNothing(suggestions),
    chooseLevel: () => chooseLevel(server),
    snoozeSuggestions: () => snooze(server, status),
    chooseConsent: () => consent.choose(),
    withdrawConsent: () => consent.withdraw(),
    pauseRecording: () => consent.pause(),
    resumeRecording: () => consent.resume(),
    readNotice: () => consent.readNotice(),
    showMine: () => {
      mine.show();
    },
    forgetLastMinutes: () => forgetLastMinutes(server),
    forget: () => forget(server),
    handIn: () => handIn(server, consent),
    intent: () => intent.choose(),
    showStatus: () => showStatus(parts),
    runDoctor: () => runDoctor(server, documents, extension.extensionPath),
    openWalkthrough: () => openWalkthrough(extension.id),
    openExample,
    openTerminal: () => {
      openTerminal(server);
    },
    chooseInterpreter,
    restart: () => server.restart(),
    showLog: () => {
      log().show();
    },
  };
  return Object.entries(all).map(([name, run]) =>
    commands.registerCommand(`foretrace.${name}`, async () => {
      try {
        await run();
      } catch (error) {
        log().error(`The command foretrace.${name} failed:`, error);
        void window.showErrorMessage(notAnswering(server));
      }
    }),
  );
}

/** Say why nothing is offered, with a button to press: VS Code then shows the whole of a message. */
async function whyNothing(suggestions: Suggestions): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined) {
    void window.showInformationMessage(l10n.t("Foretrace: {0}", l10n.t("No file is open.")));
    return;
  }
  const why = await suggestions.why(document.uri);
  const settings = l10n.t("Open Settings");
  const button = why.reasons.some(({ code }) => code.startsWith("run-")) ? settings : l10n.t("OK");
  const isOnNoDisk =
    document.uri.scheme !== DOCUMENTS.scheme && why.reasons.some(({ code }) => code === "not-open");
  const words = isOnNoDisk
    ? l10n.t("This file is not on a disk, so there is no help with it.")
    : explain(l10n.t, why);
  const message = l10n.t("Foretrace: {0}", words);
  if ((await window.showInformationMessage(message, button)) === settings) {
    await commands.executeCommand("workbench.action.openSettings", "foretrace.runPrograms");
  }
}

async function showStatus({ status, server, documents }: Parts): Promise<void> {
  const last = await status.refresh();
  if (last === undefined) {
    void window.showInformationMessage(notAnswering(server));
  } else {
    const page = statusPage(l10n.t, last, activeAssistants(), env.language);
    await documents.show(l10n.t("Status of Foretrace"), page);
  }
}

async function openWalkthrough(extension: string): Promise<void> {
  await commands.executeCommand("workbench.action.openWalkthrough", `${extension}#${WALKTHROUGH}`);
}

/** Open a terminal in which `foretrace` is the command of the server's own environment. */
function openTerminal({ python }: Server): void {
  if (python === undefined) {
    throw new Error("there is no environment");
  }
  const path = [dirname(python.path), process.env.PATH ?? ""].join(delimiter);
  window.createTerminal({ name: "Foretrace", env: { PATH: path } }).show();
}
