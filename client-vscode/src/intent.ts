/** What the person seems to be doing, in the status bar; they can say that it is something else. */

import {
  Disposable,
  MarkdownString,
  type QuickPickItem,
  QuickPickItemKind,
  Range,
  StatusBarAlignment,
  Uri,
  l10n,
  window,
  workspace,
} from "vscode";
import { ACTIVITIES, activityWords, shortened } from "./activities";
import { settings } from "./configuration";
import { log } from "./log";
import type { Intent } from "./protocol";
import { type Server, helped } from "./server";
import { SECTION } from "./settings";

const PRIORITY = 0;

interface Choice extends QuickPickItem {
  act: () => unknown;
}

export class IntentItem implements Disposable {
  private readonly item = window.createStatusBarItem(
    "foretrace.intent",
    StatusBarAlignment.Left,
    PRIORITY,
  );
  private readonly subscriptions: Disposable;
  private intent: Intent | undefined;

  constructor(private readonly server: Server) {
    this.item.name = l10n.t("Foretrace: Intent");
    this.item.command = "foretrace.intent";
    this.subscriptions = Disposable.from(
      this.item,
      server.onDidChangeIntent((intent) => {
        if (intent.textDocument.uri === this.documentAtHand()) {
          this.show(intent);
        }
      }),
      server.onDidChangeState((state) => {
        if (state !== "running") {
          this.show(undefined);
        }
      }),
      window.onDidChangeActiveTextEditor(() => void this.ask()),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) {
          this.show(this.intent);
        }
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Let a person confirm or correct what they seem to be doing, or go where it leads. */
  async choose(): Promise<void> {
    await this.ask();
    const intent = this.intent;
    const [likeliest] = intent?.activities ?? [];
    const choices: (Choice | QuickPickItem)[] = [];
    if (intent !== undefined && likeliest !== undefined) {
      choices.push({
        label: l10n.t("$(check) That is right"),
        description: percent(likeliest.confidence),
        act: () => {
          this.answer("confirmed", likeliest.label);
        },
      });
      if (intent.place !== null) {
        const { uri, range } = intent.place;
        choices.push({
          label: l10n.t("$(arrow-right) Go to the likely next place"),
          description: l10n.t("line {0}", range.start.line + 1),
          act: () => go(uri, range),
        });
      }
    }
    choices.push({ label: l10n.t("What I am really doing"), kind: QuickPickItemKind.Separator });
    for (const label of ACTIVITIES.filter((each) => each !== likeliest?.label)) {
      choices.push({
        label: activityWords(l10n.t, label),
        act: () => {
          this.answer("corrected", label);
        },
      });
    }
    const choice = await window.showQuickPick(choices, {
      title:
        intent === undefined || likeliest === undefined
          ? l10n.t("Foretrace does not know what you are doing.")
          : intent.statement,
      placeHolder: l10n.t("Is that so?"),
    });
    if (choice !== undefined && "act" in choice) {
      await choice.act();
    }
  }

  private answer(stage: "confirmed" | "corrected", label: string): void {
    this.server.report(
      { kind: "intent", data: { stage, label } },
      window.activeTextEditor?.document,
    );
    if (this.intent !== undefined && stage === "corrected") {
      const activities = [{ label, confidence: 1 }];
      const statement = activityWords(l10n.t, label);
      this.show({ ...this.intent, activities, statement, place: null });
    }
  }

  private async ask(): Promise<void> {
    const document = helped(window.activeTextEditor?.document.uri);
    if (document === undefined || this.server.state !== "running") {
      this.show(undefined);
      return;
    }
    try {
      this.show(await this.server.intent(document.uri));
    } catch (error) {
      log().warn("The server does not say what you seem to be doing:", error);
    }
  }

  private show(intent: Intent | undefined): void {
    this.intent = intent;
    if (intent === undefined || intent.activities.length === 0 || !settings().showIntent) {
      this.item.hide();
      return;
    }
    this.item.text = `$(compass) ${shortened(l10n.t, intent.statement)}`;
    this.item.tooltip = tooltip(intent);
    this.item.accessibilityInformation = {
      label: l10n.t("Foretrace: {0}", intent.statement),
      role: "button",
    };
    this.item.show();
  }

  private documentAtHand(): string | undefined {
    const document = window.activeTextEditor?.document;
    return document === undefined ? undefined : this.server.uriOf(document.uri);
  }
}

function tooltip({ statement, activities }: Intent): MarkdownString {
  const text = new MarkdownString();
  text.appendText(statement);
  text.appendMarkdown("\n\n");
  for (const { label, confidence } of activities) {
    text.appendMarkdown(`- ${activityWords(l10n.t, label)}: ${percent(confidence)}\n`);
  }
  text.appendMarkdown(`\n${l10n.t("Click to say what you are really doing.")}`);
  return text;
}

function percent(confidence: number): string {
  return `${Math.round(confidence * 100).toString()} %`;
}

async function go(uri: string, { start, end }: { start: Place; end: Place }): Promise<void> {
  const selection = new Range(start.line, start.character, end.line, end.character);
  await window.showTextDocument(Uri.parse(uri), { selection });
}

interface Place {
  line: number;
  character: number;
}
