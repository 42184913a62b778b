/** Asks whether a person may be recorded, once, and lets them change their mind at any time. */

import { type Memento, type QuickPickItem, l10n, window } from "vscode";
import type { Documents } from "./documents";
import { log } from "./log";
import type { Action, Content, Terms } from "./protocol";
import type { Server } from "./server";

/** Set once the question was closed without an answer: it is then left to the person. */
const WAS_ASKED = "consentWasAsked";

interface Choice extends QuickPickItem {
  content?: Content;
}

export class ConsentDialog {
  private asking = false;

  /** `decided` is called after each decision. */
  constructor(
    private readonly server: Server,
    private readonly documents: Documents,
    private readonly memory: Memento,
    private readonly decided: () => void,
  ) {}

  /** Ask whoever has not been asked yet. Closing the question decides nothing. */
  async askOnce(): Promise<void> {
    if (this.asking || this.memory.get(WAS_ASKED) === true) {
      return;
    }
    this.asking = true;
    const withText = l10n.t("Record with Text");
    const withoutText = l10n.t("Record Without Text");
    const not = l10n.t("Don't Record");
    const notice = l10n.t("Read the notice");
    const answer = await window.showInformationMessage(
      l10n.t(
        "May Foretrace record how you edit? Only on this computer, only if you say so, and help " +
          "works either way. With text, your work can be replayed and Foretrace can learn your " +
          "style; without it, only when and how much you edit is kept. {0}.",
        `[${notice}](command:foretrace.readNotice)`,
      ),
      withText,
      withoutText,
      not,
    );
    this.asking = false;
    if (answer === undefined) {
      await this.memory.update(WAS_ASKED, true);
    } else if (answer === not) {
      await this.decide("decline");
    } else {
      await this.decide("grant", { content: answer === withText ? "full" : "metadata" });
    }
  }

  /** Let a person choose anew what is recorded. */
  async choose(): Promise<void> {
    const { recording } = await this.server.status();
    const holds = (content: Content | null): string =>
      !recording.undecided && recording.content === content ? l10n.t("as now") : "";
    const readNotice: Choice = { label: l10n.t("$(book) Read the notice") };
    const choices: Choice[] = [
      {
        label: l10n.t("$(record) Record with text"),
        description: holds("full"),
        detail: l10n.t("Your work can be replayed, and Foretrace can learn your style from it."),
        content: "full",
      },
      {
        label: l10n.t("$(record) Record without text"),
        description: holds("metadata"),
        detail: l10n.t("Only when and how much you edit, never what."),
        content: "metadata",
      },
      {
        label: l10n.t("$(circle-slash) Don't record"),
        description: holds(null),
        detail: l10n.t("Help works all the same. What was recorded before stays on this computer."),
      },
      readNotice,
    ];
    const choice = await window.showQuickPick(choices, {
      title: l10n.t("What may Foretrace record, on this computer only?"),
      placeHolder: l10n.t("You can change this at any time."),
    });
    if (choice === readNotice) {
      await this.readNotice();
    } else if (choice?.content !== undefined) {
      await this.decide("grant", { content: choice.content });
    } else if (choice !== undefined) {
      await this.decide(recording.content === null ? "decline" : "withdraw");
    }
  }

  async withdraw(): Promise<void> {
    await this.decide("withdraw");
  }

  async pause(): Promise<void> {
    await this.decide("pause");
  }

  async resume(): Promise<void> {
    const holds = await this.decide("resume");
    if (holds?.content === null) {
      await this.choose();
    }
  }

  async readNotice(): Promise<void> {
    const { text } = await this.server.notice();
    await this.documents.show(l10n.t("What Foretrace records"), text);
  }

  private async decide(action: Action, terms: Terms = {}) {
    try {
      return await this.server.decide(action, terms);
    } catch (error) {
      log().error("A decision about recording was not written down:", error);
      void window.showErrorMessage(
        l10n.t("Foretrace could not write your decision down: {0}", reason(error)),
      );
      return undefined;
    } finally {
      this.decided();
    }
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
