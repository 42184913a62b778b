/** Beside the name of the language: how much help comes by itself, and the way to the menu. */

import { Disposable, env, languages, l10n, workspace } from "vscode";
import { DOCUMENTS } from "./client";
import { settings } from "./configuration";
import { levelWords } from "./levelWords";
import { SECTION } from "./settings";
import { snoozedWords } from "./snoozing";
import type { StatusItem } from "./status";

export class LanguageItem implements Disposable {
  private readonly item = languages.createLanguageStatusItem("foretrace.help", DOCUMENTS);
  private readonly subscriptions: Disposable;

  constructor(private readonly status: StatusItem) {
    this.item.name = l10n.t("Foretrace");
    this.item.command = { title: l10n.t("Show Menu"), command: "foretrace.menu" };
    this.subscriptions = Disposable.from(
      this.item,
      status.onDidChange(() => {
        this.show();
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) {
          this.show();
        }
      }),
    );
    this.show();
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private show(): void {
    const { last } = this.status;
    const { level } = settings();
    this.item.text = l10n.t("Foretrace: {0}", levelWords(l10n.t, level));
    const whenAwake = level === "off" ? "" : l10n.t("by itself");
    this.item.detail =
      last === undefined
        ? l10n.t("not running")
        : (snoozedWords(l10n.t, last.timing, env.language) ?? whenAwake);
  }
}
