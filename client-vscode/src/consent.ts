/** Asks whether a person may be recorded, once, and lets them change their mind at any time. */

import { type Memento, type QuickPickItem, l10n, window } from "vscode";
import type { Documents } from "./documents";
import { log } from "./log";
import { noticePage } from "./pages";
import type { Action, Consent, Content, Terms } from "./protocol";
import type { Server } from "./server";

/** Set once the question was closed: what comes after it is left to the person. */
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

  /** Let a person choose what is recorded, from the least to the most. */
  async choose(): Promise<void> {
    const { recording } = await this.server.status();
    const holds = (content: Content | null): string =>
      !recording.undecided && recording.content === content ? l10n.t("as now") : "";
    const readNotice: Choice = { label: l10n.t("$(book) Read the notice") };
    const choices: Choice[] = [
      {
        label: l10n.t("$(circle-slash) Don't record"),
        description: holds(null),
        detail: recording.undecided
          ? l10n.t("Foretrace helps you all the same.")
          : l10n.t("Foretrace helps you all the same. What was recorded stays on this computer."),
      },
      {
        label: l10n.t("$(record) Record without text"),
        description: holds("metadata"),
        detail: l10n.t("When and how much you edit, but never what."),
        content: "metadata",
      },
      {
        label: l10n.t("$(record) Record with text"),
        description: holds("full"),
        detail: l10n.t("Your work can be replayed, and Foretrace can learn your style from it."),
        content: "full",
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
