/** One quiet line above a fix: what it does, and what can be done with it. */

import {
  CodeLens,
  type CodeLensProvider,
  type Command,
  Disposable,
  EventEmitter,
  Range,
  type TextDocument,
  languages,
  l10n,
  window,
  workspace,
} from "vscode";
import { DOCUMENTS } from "./client";
import { settings } from "./configuration";
import { SECTION } from "./settings";
import { type Suggestions, problemsOf } from "./suggestions";
import { insertsInto } from "./textEdits";

export class Lenses implements CodeLensProvider, Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: Disposable;
  private line: number | undefined;

  constructor(private readonly suggestions: Suggestions) {
    this.subscriptions = Disposable.from(
      this.changed,
      languages.registerCodeLensProvider(DOCUMENTS, this),
      suggestions.onDidChange(() => {
        this.changed.fire();
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        // The line at the cursor decides whether a fix shows as ghost text.
        const { line } = textEditor.selection.active;
        if (line !== this.line) {
          this.line = line;
          this.changed.fire();
        }
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) {
          this.changed.fire();
        }
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (!settings().codeLens) {
      return [];
    }
    const more = this.suggestions.hasMore(document)
      ? [{ title: l10n.t("More help"), command: "foretrace.moreHelp" }]
      : [];
    const offer = this.suggestions.of(document);
    const [first] = offer?.edits ?? [];
    if (offer === undefined || first === undefined) {
      const level = this.suggestions.level(document);
      return level === "nudge" || level === "hint" ? aboveProblem(document, more) : [];
    }
    const editor = window.visibleTextEditors.find((each) => each.document === document);
    const line = editor?.selection.active.line;
    if (settings().ghostText && line !== undefined && insertsInto(line, offer.edits)) {
      return [];
    }
    const above = new Range(first.range.start.line, 0, first.range.start.line, 0);
    const { title } = offer;
    return [
      new CodeLens(above, { title, command: "foretrace.showDiff" }),
      new CodeLens(above, { title: l10n.t("Accept"), command: "foretrace.accept" }),
      new CodeLens(above, { title: l10n.t("Dismiss"), command: "foretrace.dismiss" }),
      new CodeLens(above, { title: l10n.t("Show diff"), command: "foretrace.showDiff" }),
      ...more.map((command) => new CodeLens(above, command)),
    ];
  }
}

/** Return a line above what is wrong: what is said of it so far, and the way to more help. */
function aboveProblem(document: TextDocument, more: readonly Command[]): CodeLens[] {
  return problemsOf(document.uri).flatMap(({ range, message }) => {
    const above = new Range(range.start.line, 0, range.start.line, 0);
    const [title = ""] = message.split("\n");
    const command = more[0]?.command ?? "foretrace.whyNothing";
    return [
      new CodeLens(above, { title: l10n.t("Foretrace: {0}", title), command }),
      ...more.map((each) => new CodeLens(above, each)),
    ];
  });
}
