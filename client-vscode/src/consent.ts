/** Asks whether a person may be recorded, once, and lets them change their mind at any time. */

import { type Memento, l10n, window } from "vscode";
import type { Documents } from "./documents";
import { log } from "./log";
import { noticePage } from "./pages";
import type { Action, Consent, Terms } from "./protocol";
import type { Server } from "./server";

/** Set once the question was closed: what comes after it is left to the person. */
const WAS_ASKED = "consentWasAsked";

/** What a person should know before they choose; the notice has it at length. */
function facts(keepDays: number | null): string[] {
  return [
    l10n.t(
      "What: with text, every edit, so that your work can be replayed and Foretrace can learn your " +
        "style. Without text, when and how much you edit. Never keys and passwords.",
    ),
    l10n.t("Where: in one folder on this computer. Nothing is sent anywhere."),
    l10n.t("Who can see it: you. An instructor gets only what you hand in yourself."),
    keepDays === null
      ? l10n.t("How long: until you have it forgotten, also if you stop. The permission ends after a year.")
      : l10n.t("How long: for {0} days, also if you stop. The permission ends after a year.", keepDays),
    l10n.t(
      "How to stop: click Foretrace in the status bar. There you pause, forget, and change your mind.",
    ),
    l10n.t("Foretrace helps you either way."),
  ];
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

  /** Ask whoever has not decided and was not asked yet. Closing the question decides nothing. */
  async askOnce(holds: Consent): Promise<void> {
    if (!holds.undecided) {
      // A permission that ends leads to the question anew.
      await this.memory.update(WAS_ASKED, undefined);
      return;
    }
    if (this.asking || this.memory.get(WAS_ASKED) === true) {
      return;
    }
    this.asking = true;
    const choose = l10n.t("Choose…");
    const not = l10n.t("Don't Record");
    const notice = l10n.t("Read the notice");
    const answer = await window.showInformationMessage(
      l10n.t(
        "May Foretrace record how you edit? Only on this computer, and only if you say so. It " +
          "helps you either way. {0}.",
        `[${notice}](command:foretrace.readNotice)`,
      ),
      choose,
      not,
    );
    this.asking = false;
    await this.memory.update(WAS_ASKED, true);
    if (answer === choose) {
      await this.choose();
    } else if (answer === not) {
      await this.decide("decline");
    }
  }

  /**
   * Tell a person what is recorded and let them choose, from the least to the most.
   *
   * All of it stands in one dialog, which comes only when it was asked for: a notification has no
   * room for it, and a list shows one line of each at a time.
   */
  async choose(): Promise<void> {
    const { recording } = await this.server.status();
    const not = l10n.t("Don't Record");
    const withoutText = l10n.t("Record Without Text");
    const withText = l10n.t("Record With Text");
    const notice = l10n.t("Read the Notice");
    const detail = [l10n.t("Now: {0}.", recording.reason), ...facts(recording.keep_days)].join("\n\n");
    const answer = await window.showInformationMessage(
      l10n.t("What may Foretrace record?"),
      { modal: true, detail },
      not,
      withoutText,
      withText,
      notice,
    );
    switch (answer) {
      case not:
        await this.decide(recording.content === null ? "decline" : "withdraw");
        break;
      case withoutText:
        await this.decide("grant", { content: "metadata" });
        break;
      case withText:
        await this.decide("grant", { content: "full" });
        break;
      case notice:
        await this.readNotice();
        break;
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

  /** Ask whether what is recorded may be handed to an instructor; return whether it may. */
  async allowHandingIn({ content, scopes }: Consent): Promise<boolean> {
    if (content === null) {
      void window.showInformationMessage(
        l10n.t("Foretrace: nothing may be recorded, so there is no permission to hand it in."),
      );
      return false;
    }
    const allow = l10n.t("Allow");
    const detail = l10n.t(
      "You hand it in yourself, as a file; nothing is sent. Your name, e-mail addresses and home " +
        "folder are taken out. You can withdraw this permission, but not a file that you gave away.",
    );
    const answer = await window.showInformationMessage(
      l10n.t("May an instructor get what Foretrace recorded?"),
      { modal: true, detail },
      allow,
    );
    if (answer !== allow) {
      return false;
    }
    const terms = { content, scopes: [...scopes, "instructor"] };
    return (await this.decide("grant", terms)) !== undefined;
  }

  async readNotice(): Promise<void> {
    const { text } = await this.server.notice();
    await this.documents.show(l10n.t("What Foretrace records"), noticePage(text));
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
