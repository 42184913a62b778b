/** Whether and how recording goes on, always in the status bar. */

import {
  Disposable,
  EventEmitter,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  env,
  l10n,
  window,
} from "vscode";
import { limitWords } from "./explain";
import { log } from "./log";
import type { Status } from "./protocol";
import { type RecordingState, recordingState } from "./recordingState";
import type { Server, ServerState } from "./server";
import { snoozedWords } from "./snoozing";

/** Recording can be paused or stopped from elsewhere, so the server is asked again. */
const LOOK_MS = 3000;
/** Left of what the person seems to be doing. */
const PRIORITY = 1;

type Shown = RecordingState | Exclude<ServerState, "running">;

export class StatusItem implements Disposable {
  private readonly item = window.createStatusBarItem(
    "foretrace.status",
    StatusBarAlignment.Left,
    PRIORITY,
  );
  private readonly timer = setInterval(() => {
    if (window.state.focused) {
      void this.refresh();
    }
  }, LOOK_MS);
  private readonly changed = new EventEmitter<void>();
  /** The server was asked how it is. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: Disposable;
  private status: Status | undefined;

  constructor(private readonly server: Server) {
    this.item.name = l10n.t("Foretrace");
    this.item.command = "foretrace.menu";
    this.subscriptions = Disposable.from(
      this.item,
      this.changed,
      server.onDidChangeState(() => void this.refresh()),
      window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          void this.refresh();
        }
      }),
    );
    this.show();
    this.item.show();
  }

  dispose(): void {
    clearInterval(this.timer);
    this.subscriptions.dispose();
  }

  /** What the server last said of itself, if it runs. */
  get last(): Status | undefined {
    return this.status;
  }

  /** Ask the server anew, show it and return it; undefined where it does not run. */
  async refresh(): Promise<Status | undefined> {
    if (this.server.state === "running") {
      this.status = await this.server.status().catch((error: unknown) => {
        log().warn("The server does not say how it is:", error);
        return undefined;
      });
    } else {
      this.status = undefined;
    }
    this.show();
    this.changed.fire();
    return this.status;
  }

  private show(): void {
    const { state } = this.server;
    const shown: Shown =
      state !== "running"
        ? state
        : this.status
          ? recordingState(this.status.recording)
          : "starting";
    const { icon, words: recording } = appearance(shown);
    const snoozed =
      this.status === undefined
        ? undefined
        : snoozedWords(l10n.t, this.status.timing, env.language);
    const words = snoozed === undefined ? recording : `${recording}, ${snoozed}`;
    this.item.text = `${icon} ${l10n.t("Foretrace: {0}", words)}`;
    this.item.tooltip = tooltip(words, this.status);
    this.item.accessibilityInformation = {
      label: l10n.t("Foretrace: {0}", words),
      role: "button",
    };
    const isWrong = shown === "trouble" || shown === "stopped";
    this.item.backgroundColor = isWrong
      ? new ThemeColor("statusBarItem.warningBackground")
      : undefined;
  }
}

/** Each state has an icon and words of its own: colour alone tells nobody anything. */
export function appearance(state: Shown): { icon: string; words: string } {
  switch (state) {
    case "off":
      return { icon: "$(circle-slash)", words: l10n.t("not recording") };
    case "metadata":
      return { icon: "$(record)", words: l10n.t("recording without text") };
    case "full":
      return { icon: "$(record)", words: l10n.t("recording") };
    case "paused":
      return { icon: "$(debug-pause)", words: l10n.t("recording is paused") };
    case "trouble":
      return { icon: "$(warning)", words: l10n.t("recording has trouble") };
    case "preparing":
      return { icon: "$(loading~spin)", words: l10n.t("setting up") };
    case "starting":
      return { icon: "$(loading~spin)", words: l10n.t("starting") };
    case "stopped":
      return { icon: "$(warning)", words: l10n.t("not running") };
  }
}

function tooltip(words: string, status: Status | undefined): MarkdownString {
  const text = new MarkdownString(`**${l10n.t("Foretrace: {0}", words)}**\n\n`);
  if (status !== undefined) {
    const { reason, committed, lost, trouble } = status.recording;
    text.appendText(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`);
    if (committed > 0) {
      text.appendMarkdown(`\n\n${l10n.t("{0} events kept in this session.", committed)}`);
    }
    const allowed = limitWords(status.help.limits);
    if (allowed !== undefined) {
      text.appendMarkdown("\n\n");
      text.appendText(allowed);
    }
    if (trouble !== null || lost > 0) {
      text.appendMarkdown("\n\n");
      text.appendText(l10n.t("{0} events lost. {1}", lost, trouble ?? ""));
    }
  }
  text.appendMarkdown(`\n\n${l10n.t("Click for everything else.")}`);
  return text;
}
