/** What is on offer for each document, and what a person does with it. */

import { setTimeout } from "node:timers/promises";
import {
  type Diagnostic,
  Disposable,
  EventEmitter,
  Position,
  ProgressLocation,
  Range,
  Selection,
  type TextDocument,
  type Uri,
  WorkspaceEdit,
  commands,
  l10n,
  languages,
  window,
  workspace,
} from "vscode";
import type { TextEdit, WorkspaceEdit as ProtocolEdit } from "vscode-languageclient/node";
import type { Documents } from "./documents";
import { log } from "./log";
import type { FixData, Why } from "./protocol";
import { type Server, helped, isHelped } from "./server";
import { type Level, SECTION } from "./settings";
import { applied, cursorAfter } from "./textEdits";

/** Set while there is a fix for the document at hand: the key that accepts it depends on it. */
const FIX_OFFERED = "foretrace.fixOffered";
const MESSAGE_MS = 4000;
const PATIENCE_MS = 5000;
const LOOK_MS = 100;

/** A fix, or its next step. */
export interface Offer {
  title: string;
  version: number;
  edits: readonly TextEdit[];
  data: FixData;
}

export class Suggestions implements Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly offers = new WeakMap<TextDocument, Offer>();
  private readonly withMore = new WeakSet<TextDocument>();
  private readonly levels = new WeakMap<TextDocument, Level>();
  private readonly subscriptions: Disposable;

  constructor(
    private readonly server: Server,
    private readonly documents: Documents,
  ) {
    this.subscriptions = Disposable.from(
      this.changed,
      server.onDidLook((uri) => {
        const document = helped(uri);
        if (document !== undefined) {
          void this.refresh(document);
        }
      }),
      window.onDidChangeActiveTextEditor(() => {
        this.tell();
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Return what was last on offer for a document; the text may have changed since. */
  of(document: TextDocument): Offer | undefined {
    return this.offers.get(document);
  }

  /** Return whether there is more help with the problem of a document than is shown. */
  hasMore(document: TextDocument): boolean {
    return this.withMore.has(document);
  }

  /** Return the level of help that holds for the problem of a document. */
  level(document: TextDocument): Level | undefined {
    return this.levels.get(document);
  }

  /** Show the next level of help with the document at hand, and where; false where there is none. */
  async moreHelp(): Promise<boolean> {
    const editor = window.activeTextEditor;
    if (editor === undefined || !isHelped(editor.document)) {
      return false;
    }
    const { document } = editor;
    const before = await this.why(document.uri);
    const after = await this.server.moreHelp(document.uri);
    await this.refresh(document);
    const [problem] = problemsOf(document.uri);
    if (after.level === before.level || problem === undefined) {
      return false;
    }
    const { start } = problem.range;
    const place = start.with({ character: document.lineAt(start).firstNonWhitespaceCharacterIndex });
    editor.selection = new Selection(place, place);
    editor.revealRange(problem.range);
    await commands.executeCommand("editor.action.showHover");
    return true;
  }

  /** Make the edits of the fix for the document at hand; false where there is none. */
  async accept(): Promise<boolean> {
    const found = await this.current();
    if (found === undefined) {
      return false;
    }
    const { document, offer } = found;
    const editor = window.activeTextEditor;
    const after = editor && cursorAfter(editor.selection.active, offer.edits);
    const edit = new WorkspaceEdit();
    for (const { range, newText } of offer.edits) {
      edit.replace(document.uri, asRange(range), newText);
    }
    if (await workspace.applyEdit(edit)) {
      if (editor !== undefined && after !== undefined) {
        const cursor = new Position(after.line, after.character);
        editor.selection = new Selection(cursor, cursor);
      }
      window.setStatusBarMessage(l10n.t("$(check) Foretrace: done"), MESSAGE_MS);
    }
    return true;
  }

  /** Have the fix for the document at hand not be offered again; false where there is none. */
  async dismiss(): Promise<boolean> {
    await commands.executeCommand("editor.action.inlineSuggest.hide");
    const found = await this.current();
    if (found === undefined) {
      return false;
    }
    await this.server.dismiss(found.offer.data.suggestion);
    await this.refresh(found.document);
    window.setStatusBarMessage(l10n.t("Foretrace: not offered again"), MESSAGE_MS);
    return true;
  }

  /** Show the document at hand beside what the fix makes of it; false where there is none. */
  async showDiff(): Promise<boolean> {
    const found = await this.current();
    if (found === undefined) {
      return false;
    }
    const { document, offer } = found;
    const text = applied(document.getText(), offer.edits, ({ line, character }) =>
      document.offsetAt(new Position(line, character)),
    );
    const fixed = this.documents.put(document.uri.path, text);
    await commands.executeCommand("vscode.diff", document.uri, fixed, offer.title);
    return true;
  }

  /** Return why nothing, or not more, is offered; a text that was just edited is looked at first. */
  async why(document: Uri): Promise<Why> {
    const options = {
      location: ProgressLocation.Window,
      title: l10n.t("Foretrace looks at your text"),
    };
    return window.withProgress(options, async () => {
      const deadlineMs = performance.now() + PATIENCE_MS;
      let why = await this.server.why(document);
      while (isPending(why) && performance.now() < deadlineMs) {
        await setTimeout(LOOK_MS);
        why = await this.server.why(document);
      }
      return why;
    });
  }

  /** Return the fix for the document at hand. */
  private async current(): Promise<{ document: TextDocument; offer: Offer } | undefined> {
    const document = window.activeTextEditor?.document;
    if (document === undefined || !isHelped(document)) {
      return undefined;
    }
    await this.why(document.uri);
    await this.refresh(document);
    const offer = this.of(document);
    return offer?.version === document.version ? { document, offer } : undefined;
  }

  private async refresh(document: TextDocument): Promise<void> {
    const { version } = document;
    const offered = await this.server.offered(document).catch((error: unknown) => {
      log().warn("The server does not say what is on offer:", error);
      return undefined;
    });
    const { fix: action, more, level } = offered ?? {};
    if (level === undefined) {
      this.levels.delete(document);
    } else {
      this.levels.set(document, level);
    }
    if (more === undefined) {
      this.withMore.delete(document);
    } else {
      this.withMore.add(document);
    }
    const edits = editsOf(action?.edit ?? {});
    if (action === undefined || edits.length === 0) {
      this.offers.delete(document);
    } else {
      this.offers.set(document, {
        title: action.title,
        version,
        edits,
        data: action.data as FixData,
      });
    }
    this.tell();
  }

  private tell(): void {
    this.changed.fire();
    const document = window.activeTextEditor?.document;
    const isOffered = document !== undefined && this.offers.has(document);
    void commands.executeCommand("setContext", FIX_OFFERED, isOffered);
  }
}

/** Return what Foretrace says to be wrong with a document. */
export function problemsOf(document: Uri): Diagnostic[] {
  return languages.getDiagnostics(document).filter(({ source }) => source === SECTION);
}

function isPending({ reasons }: Why): boolean {
  return reasons.some(({ code }) => code === "pending");
}

/** Return the edits of a fix; it is of one document. */
function editsOf({ changes = {}, documentChanges = [] }: ProtocolEdit): TextEdit[] {
  const versioned = documentChanges.flatMap((change) => ("edits" in change ? change.edits : []));
  const all = [...versioned, ...Object.values(changes).flat()];
  return all.filter((edit): edit is TextEdit => "newText" in edit);
}

function asRange({ start, end }: TextEdit["range"]): Range {
  return new Range(start.line, start.character, end.line, end.character);
}
