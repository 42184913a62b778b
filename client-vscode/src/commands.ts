/** The commands of the palette, and the menu that has them all. */

import {
  type Disposable,
  type QuickPickItem,
  QuickPickItemKind,
  commands,
  l10n,
  window,
} from "vscode";
import { dirname, delimiter } from "node:path";
import type { ConsentDialog } from "./consent";
import type { Documents } from "./documents";
import { explain } from "./explain";
import { forget } from "./forget";
import { handIn } from "./handIn";
import type { IntentItem } from "./intent";
import { log } from "./log";
import type { MinePanel } from "./minePanel";
import { statusPage } from "./pages";
import { recordingState } from "./recordingState";
import type { Server } from "./server";
import { chooseInterpreter } from "./setup";
import { snooze } from "./snooze";
import { type StatusItem, appearance } from "./status";
import type { Suggestions } from "./suggestions";

export interface Parts {
  server: Server;
  suggestions: Suggestions;
  consent: ConsentDialog;
  status: StatusItem;
  intent: IntentItem;
  documents: Documents;
  mine: MinePanel;
}

export function registerCommands(parts: Parts): Disposable[] {
  const { server, suggestions, consent, intent, status, mine } = parts;
  const all: Readonly<Record<string, () => unknown>> = {
    menu: () => showMenu(parts),
    accept: async () => (await suggestions.accept()) || whyNothing(suggestions),
    dismiss: async () => (await suggestions.dismiss()) || whyNothing(suggestions),
    moreHelp: async () => (await suggestions.moreHelp()) || whyNothing(suggestions),
    showDiff: async () => (await suggestions.showDiff()) || whyNothing(suggestions),
    whyNothing: () => whyNothing(suggestions),
    snoozeSuggestions: () => snooze(server, status),
    chooseConsent: () => consent.choose(),
    withdrawConsent: () => consent.withdraw(),
    pauseRecording: () => consent.pause(),
    resumeRecording: () => consent.resume(),
    readNotice: () => consent.readNotice(),
    showMine: () => {
      mine.show();
    },
    forget: () => forget(server),
    handIn: () => handIn(server, consent),
    intent: () => intent.choose(),
    showStatus: () => showStatus(parts),
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

function notAnswering({ state }: Server): string {
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

async function whyNothing(suggestions: Suggestions): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined) {
    void window.showInformationMessage(l10n.t("Foretrace: {0}", l10n.t("No file is open.")));
    return;
  }
  const why = await suggestions.why(document.uri);
  const settings = l10n.t("Open Settings");
  // With a button to press, VS Code shows the whole of a message.
  const button = why.reasons.some(({ code }) => code.startsWith("run-")) ? settings : l10n.t("OK");
  const message = l10n.t("Foretrace: {0}", explain(why));
  if ((await window.showInformationMessage(message, button)) === settings) {
    await commands.executeCommand("workbench.action.openSettings", "foretrace.runPrograms");
  }
}

async function showStatus({ status, server, documents }: Parts): Promise<void> {
  const last = await status.refresh();
  if (last === undefined) {
    void window.showInformationMessage(notAnswering(server));
  } else {
    await documents.show(l10n.t("Status of Foretrace"), statusPage(last));
  }
}

/** Open a terminal in which `foretrace` is the command of the server's own environment. */
function openTerminal({ python }: Server): void {
  if (python === undefined) {
    throw new Error("there is no environment");
  }
  const path = [dirname(python.path), process.env.PATH ?? ""].join(delimiter);
  window.createTerminal({ name: "Foretrace", env: { PATH: path } }).show();
}

interface MenuItem extends QuickPickItem {
  command?: string;
}

async function showMenu(parts: Parts): Promise<void> {
  const { server, status } = parts;
  const last = await status.refresh();
  const state = last === undefined ? undefined : recordingState(last.recording);
  const items =
    last === undefined
      ? whileNotRunning()
      : [...fixItems(parts), ...recordingItems(state === "paused"), ...otherItems()];
  const { words } = appearance(state ?? (server.state === "running" ? "starting" : server.state));
  const item = await window.showQuickPick(items, {
    title: l10n.t("Foretrace: {0}", words),
    placeHolder: l10n.t("What would you like to do?"),
  });
  if (item?.command !== undefined) {
    await commands.executeCommand(`foretrace.${item.command}`);
  }
}

function fixItems({ suggestions }: Parts): MenuItem[] {
  const document = window.activeTextEditor?.document;
  const offer = document === undefined ? undefined : suggestions.of(document);
  const heading = { label: l10n.t("Fixes"), kind: QuickPickItemKind.Separator };
  const more = { label: l10n.t("$(lightbulb) More help"), command: "moreHelp" };
  const hasMore = document !== undefined && suggestions.hasMore(document);
  const snoozing = { label: l10n.t("$(bell-slash) Snooze suggestions"), command: "snoozeSuggestions" };
  if (offer === undefined) {
    return [
      heading,
      ...(hasMore ? [more] : []),
      { label: l10n.t("$(question) Why was nothing offered?"), command: "whyNothing" },
      snoozing,
    ];
  }
  return [
    heading,
    { label: l10n.t("$(check) Accept the fix"), detail: offer.title, command: "accept" },
    { label: l10n.t("$(diff) Show what it changes"), command: "showDiff" },
    { label: l10n.t("$(close) Dismiss it"), command: "dismiss" },
    ...(hasMore ? [more] : []),
    snoozing,
  ];
}

function recordingItems(isPaused: boolean): MenuItem[] {
  return [
    { label: l10n.t("Recording"), kind: QuickPickItemKind.Separator },
    isPaused
      ? { label: l10n.t("$(debug-continue) Go on recording"), command: "resumeRecording" }
      : { label: l10n.t("$(debug-pause) Pause recording"), command: "pauseRecording" },
    { label: l10n.t("$(settings) Choose what is recorded"), command: "chooseConsent" },
    { label: l10n.t("$(book) Read the notice"), command: "readNotice" },
    { label: l10n.t("$(eye) Show what you have about me"), command: "showMine" },
    { label: l10n.t("$(trash) Forget what was recorded"), command: "forget" },
    { label: l10n.t("$(export) Hand in what was recorded"), command: "handIn" },
    { label: l10n.t("$(compass) What am I doing?"), command: "intent" },
  ];
}

function otherItems(): MenuItem[] {
  return [
    { label: l10n.t("Foretrace itself"), kind: QuickPickItemKind.Separator },
    { label: l10n.t("$(info) Show status"), command: "showStatus" },
    { label: l10n.t("$(output) Show log"), command: "showLog" },
    {
      label: l10n.t("$(terminal) Open a terminal with the foretrace command"),
      command: "openTerminal",
    },
    { label: l10n.t("$(debug-restart) Restart the server"), command: "restart" },
  ];
}

function whileNotRunning(): MenuItem[] {
  return [
    { label: l10n.t("$(debug-restart) Start again"), command: "restart" },
    { label: l10n.t("$(folder-opened) Choose a Python"), command: "chooseInterpreter" },
    { label: l10n.t("$(output) Show log"), command: "showLog" },
  ];
}
