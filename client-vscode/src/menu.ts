/** The menu behind the status bar: everything that can be done now, in three groups. */

import { type QuickPickItem, QuickPickItemKind, commands, l10n, window } from "vscode";
import { settings } from "./configuration";
import { limitWords, sentenceOf } from "./explain";
import { LAST_MINUTES } from "./forget";
import { levelWords } from "./levelWords";
import type { Limit, MachinePolicy } from "./protocol";
import { type RecordingState, recordingState } from "./recordingState";
import type { Server } from "./server";
import { type StatusItem, appearance } from "./status";
import type { Suggestions } from "./suggestions";

interface Parts {
  server: Server;
  suggestions: Suggestions;
  status: StatusItem;
}

interface MenuItem extends QuickPickItem {
  command?: string;
}

export async function showMenu({ server, suggestions, status }: Parts): Promise<void> {
  const last = await status.refresh();
  const state = last === undefined ? undefined : recordingState(last.recording);
  const items =
    state === undefined
      ? [...whileNotRunning(), ...itself()]
      : [
          ...help(suggestions, last?.help.limits ?? []),
          ...recording(state, last?.machine),
          ...itself(),
          restart(),
        ];
  const { words } = appearance(state ?? (server.state === "running" ? "starting" : server.state));
  const item = await window.showQuickPick(items, {
    title: l10n.t("Foretrace: {0}", words),
    placeHolder: l10n.t("What would you like to do?"),
    matchOnDetail: true,
  });
  if (item?.command !== undefined) {
    await commands.executeCommand(`foretrace.${item.command}`);
  }
}

function help(suggestions: Suggestions, limits: readonly Limit[]): MenuItem[] {
  const document = window.activeTextEditor?.document;
  const offer = document === undefined ? undefined : suggestions.of(document);
  const hasMore = document !== undefined && suggestions.hasMore(document);
  const allowed = limitWords(limits);
  return [
    heading(l10n.t("Help")),
    ...(offer === undefined
      ? [{ label: l10n.t("$(question) Why was nothing offered?"), command: "whyNothing" }]
      : [
          { label: l10n.t("$(check) Accept the fix"), detail: offer.title, command: "accept" },
          { label: l10n.t("$(diff) Show what it changes"), command: "showDiff" },
          { label: l10n.t("$(close) Dismiss it"), command: "dismiss" },
        ]),
    ...(hasMore ? [{ label: l10n.t("$(lightbulb) More help"), command: "moreHelp" }] : []),
    {
      label: l10n.t("$(settings) Choose the level of help"),
      description: l10n.t("now: {0}", levelWords(l10n.t, settings().level)),
      ...(allowed === undefined ? {} : { detail: allowed }),
      command: "chooseLevel",
    },
    { label: l10n.t("$(bell-slash) Snooze suggestions"), command: "snoozeSuggestions" },
    { label: l10n.t("$(compass) What am I doing?"), command: "intent" },
  ];
}

function recording(state: RecordingState, machine: MachinePolicy | undefined): MenuItem[] {
  const limit = machine?.recording ?? undefined;
  const pause =
    state === "paused"
      ? [{ label: l10n.t("$(debug-continue) Go on recording"), command: "resumeRecording" }]
      : [{ label: l10n.t("$(debug-pause) Pause recording"), command: "pauseRecording" }];
  return [
    heading(l10n.t("Recording")),
    ...(state === "off" ? [] : pause),
    {
      label: l10n.t("$(record) Choose what is recorded"),
      ...(limit === undefined ? {} : { detail: sentenceOf(limit) }),
      command: "chooseConsent",
    },
    { label: l10n.t("$(book) Read the notice"), command: "readNotice" },
    { label: l10n.t("$(eye) Show what you have about me"), command: "showMine" },
    {
      label: l10n.t("$(history) Forget the last {0} minutes", LAST_MINUTES),
      command: "forgetLastMinutes",
    },
    { label: l10n.t("$(trash) Forget what was recorded"), command: "forget" },
    { label: l10n.t("$(export) Hand in what was recorded"), command: "handIn" },
  ];
}

function itself(): MenuItem[] {
  return [
    heading(l10n.t("Foretrace itself")),
    { label: l10n.t("$(info) Show status"), command: "showStatus" },
    { label: l10n.t("$(pulse) Run doctor"), command: "runDoctor" },
    { label: l10n.t("$(milestone) Open the walkthrough"), command: "openWalkthrough" },
    { label: l10n.t("$(output) Show log"), command: "showLog" },
    {
      label: l10n.t("$(terminal) Open a terminal with the foretrace command"),
      command: "openTerminal",
    },
  ];
}

function restart(): MenuItem {
  return { label: l10n.t("$(debug-restart) Restart the server"), command: "restart" };
}

function whileNotRunning(): MenuItem[] {
  return [
    { label: l10n.t("$(debug-restart) Start again"), command: "restart" },
    { label: l10n.t("$(folder-opened) Choose a Python"), command: "chooseInterpreter" },
  ];
}

function heading(label: string): MenuItem {
  return { label, kind: QuickPickItemKind.Separator };
}
