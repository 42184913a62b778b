/** Asks whether a person may be recorded, once, and lets them change their mind at any time. */

import { type Memento, l10n, window } from "vscode";
import type { Documents } from "./documents";
import { sentenceOf } from "./explain";
import { reasonOf } from "./failures";
import { log } from "./log";
import { noticeParts } from "./notice";
import { noticePage } from "./pages";
import type { Action, Consent, Terms } from "./protocol";
import type { Server } from "./server";

/** Set once the question was closed, or its answer carried out: what comes then is left to the person. */
const WAS_ASKED = "consentWasAsked";

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
    if (this.asking) {
      return;
    }
    this.asking = true;
    try {
      if (!holds.undecided) {
        // A permission that ends leads to the question anew.
        await this.memory.update(WAS_ASKED, undefined);
      } else if (this.memory.get(WAS_ASKED) !== true && (await this.ask())) {
        await this.memory.update(WAS_ASKED, true);
      }
    } catch (error) {
      log().error("The question about recording was not put to its end:", error);
      void window.showErrorMessage(
        l10n.t("Foretrace could not ask whether it may record: {0}", reasonOf(error)),
      );
    } finally {
      this.asking = false;
    }
  }

  /**
   * Tell a person what is recorded and let them choose, from the least to the most.
   *
   * All of it stands in one dialog, which comes only when it was asked for: a notification has no
   * room for it, and a list shows one line of each at a time. Return false where the choice could
   * not be written down.
   */
  async choose(): Promise<boolean> {
    const [{ recording, machine }, { text }] = await Promise.all([
      this.server.status(),
      this.server.notice(),
    ]);
    const limit = machine.recording === null ? [] : [sentenceOf(machine.recording)];
    if (!machine.mayRecord) {
      void window.showInformationMessage(l10n.t("Foretrace: {0}", ...limit), l10n.t("OK"));
      return true;
    }
    const not = l10n.t("Don't Record");
    const withoutText = l10n.t("Record Without Text");
    const withText = l10n.t("Record With Text");
    const notice = l10n.t("Read the Notice");
    const detail = [
      ...(recording.undecided ? [] : [l10n.t("Now: {0}.", recording.reason)]),
      ...limit,
      ...noticeParts(text).map((part) =>
        part.heading === undefined ? part.text : `${part.heading}: ${part.text}`,
      ),
      l10n.t("In VS Code: click Foretrace in the status bar."),
    ];
    const answer = await window.showInformationMessage(
      l10n.t("What may Foretrace record?"),
      { modal: true, detail: detail.join("\n\n") },
      not,
      withoutText,
      ...(machine.mayRecordText ? [withText] : []),
      notice,
    );
    switch (answer) {
      case not:
        return this.written(recording.content === null ? "decline" : "withdraw");
      case withoutText:
        return this.written("grant", { content: "metadata" });
      case withText:
        return this.written("grant", { content: "full" });
      case notice:
        await this.readNotice();
        return true;
      default:
        return true;
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
    return this.written("grant", terms);
  }

  async readNotice(): Promise<void> {
    const { text } = await this.server.notice();
    await this.documents.show(l10n.t("What Foretrace records"), noticePage(l10n.t, text));
  }

  /** Put the question; return false where its answer could not be carried out. */
  private async ask(): Promise<boolean> {
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
    switch (answer) {
      case choose:
        return this.choose();
      case not:
        return this.written("decline");
      default:
        return true;
    }
  }

  /** Decide, and return whether that was written down. */
  private async written(action: Action, terms: Terms = {}): Promise<boolean> {
    return (await this.decide(action, terms)) !== undefined;
  }

  private async decide(action: Action, terms: Terms = {}) {
    try {
      return await this.server.decide(action, terms);
    } catch (error) {
      log().error("A decision about recording was not written down:", error);
      void window.showErrorMessage(
        l10n.t("Foretrace could not write your decision down: {0}", reasonOf(error)),
      );
      return undefined;
    } finally {
      this.decided();
    }
  }
}
