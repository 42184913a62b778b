/** Asks, once for each, whether another assistant is to be the one that shows ghost text. */

import { Disposable, type Memento, extensions, l10n, window } from "vscode";
import { assistantsAmong } from "./assistants";
import { set, settings } from "./configuration";
import { reasonOf } from "./failures";
import { log } from "./log";

/** The names of those that were asked about: a question is not put twice, however it was closed. */
const ASKED = "assistantsAskedAbout";

/** Return the names of the other assistants that are active in this window. */
export function activeAssistants(): string[] {
  return assistantsAmong(extensions.all.filter((each) => each.isActive).map(({ id }) => id));
}

export class Yielding implements Disposable {
  private subscriptions: Disposable | undefined;
  private asking = false;

  constructor(private readonly memory: Memento) {}

  dispose(): void {
    this.subscriptions?.dispose();
  }

  /** Ask from now on: not while a person is asked something else. */
  async begin(): Promise<void> {
    // Nothing tells when an extension becomes active, but most do with the file that they help with.
    this.subscriptions ??= Disposable.from(
      window.onDidChangeActiveTextEditor(() => void this.askOnce()),
      extensions.onDidChange(() => void this.askOnce()),
    );
    await this.askOnce();
  }

  /** Ask about those that were not asked about yet, while ours shows as well. */
  private async askOnce(): Promise<void> {
    const asked = this.memory.get<string[]>(ASKED, []);
    const others = activeAssistants().filter((name) => !asked.includes(name));
    if (this.asking || others.length === 0 || !settings().ghostText) {
      return;
    }
    this.asking = true;
    try {
      await this.ask(others);
      await this.memory.update(ASKED, [...asked, ...others]);
    } catch (error) {
      log().error("The question about other assistants was not put to its end:", error);
      void window.showErrorMessage(
        l10n.t("Foretrace could not let another assistant show ghost text: {0}", reasonOf(error)),
      );
    } finally {
      this.asking = false;
    }
  }

  /** Ask about others, and do what the answer is. */
  private async ask(others: readonly string[]): Promise<void> {
    const names = others.join(l10n.t(" and "));
    const yieldTo = l10n.t("Let {0}", names);
    const answer = await window.showInformationMessage(
      l10n.t(
        "Ghost text also comes from {0}, and two at once are in each other's way. Let {0}? " +
          "Foretrace then shows its fixes above their lines only.",
        names,
      ),
      yieldTo,
      l10n.t("Keep Both"),
    );
    if (answer === yieldTo) {
      await set("ghostText", false);
    }
  }
}
