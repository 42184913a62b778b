/** What is on offer for each document, and what a person does with it. */

import {
  Disposable,
  EventEmitter,
  Range,
  type TextDocument,
  WorkspaceEdit,
  commands,
  l10n,
  window,
  workspace,
} from "vscode";
import type { TextEdit, WorkspaceEdit as ProtocolEdit } from "vscode-languageclient/node";
import type { Documents } from "./documents";
import { log } from "./log";
import type { FixData } from "./protocol";
import { type Answer, type Server, helped, isHelped } from "./server";
import { applied } from "./textEdits";

/** Set while there is a fix for the document at hand: the key that accepts it depends on it. */
const FIX_OFFERED = "foretrace.fixOffered";
const MESSAGE_MS = 4000;

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

  /** Make the edits of the fix for the document at hand; false where there is none. */
  async accept(): Promise<boolean> {
    const found = await this.current();
    if (found === undefined) {
      return false;
    }
    const { document, offer } = found;
    const edit = new WorkspaceEdit();
    for (const { range, newText } of offer.edits) {
      edit.replace(document.uri, asRange(range), newText);
    }
    if (await workspace.applyEdit(edit)) {
      window.setStatusBarMessage(l10n.t("$(check) Foretrace: fixed"), MESSAGE_MS);
    }
    return true;
  }

  /** Have the fix for the document at hand not be offered again; false where there is none. */
  async dismiss(): Promise<boolean> {
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
      document.offsetAt(asRange({ start: { line, character }, end: { line, character } }).start),
    );
    const fixed = this.documents.put(document.uri.path, text);
    await commands.executeCommand("vscode.diff", document.uri, fixed, offer.title);
    return true;
  }

  /** Return the fix for the document at hand, asked for anew where the text has changed since. */
  private async current(): Promise<{ document: TextDocument; offer: Offer } | undefined> {
    const document = window.activeTextEditor?.document;
    if (document === undefined || !isHelped(document)) {
      return undefined;
    }
    if (this.of(document)?.version !== document.version) {
      await this.refresh(document);
    }
    const offer = this.of(document);
    return offer?.version === document.version ? { document, offer } : undefined;
  }

  private async refresh(document: TextDocument): Promise<void> {
    const answer = await this.server.offered(document).catch((error: unknown) => {
      log().warn("The server does not say what is on offer:", error);
      return undefined;
    });
    const offer = answer === undefined ? undefined : offerOf(answer);
    if (offer === undefined) {
      this.offers.delete(document);
    } else {
      this.offers.set(document, offer);
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

function offerOf({ action, version }: Answer): Offer | undefined {
  const edits = editsOf(action.edit ?? {});
  return edits.length === 0
    ? undefined
    : { title: action.title, version, edits, data: action.data as FixData };
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
