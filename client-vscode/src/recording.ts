/**
 * Tells the server what VS Code sees of documents and the language server protocol does not carry.
 *
 * All of it goes to the server whether or not a person is recorded: what may be kept is decided
 * there, and help uses it in memory.
 */

import {
  type DataTransfer,
  Disposable,
  DocumentDropOrPasteEditKind,
  type DocumentPasteEditProvider,
  type Range,
  type TextDocument,
  type TextDocumentChangeEvent,
  TextDocumentChangeReason,
  type TextEditorSelectionChangeEvent,
  type Uri,
  DiagnosticSeverity,
  languages,
  window,
  workspace,
} from "vscode";
import { DOCUMENTS } from "./client";
import { Later } from "./later";
import type { Origin } from "./protocol";
import { type Server, isHelped } from "./server";

const SELECTION_SETTLES_MS = 200;
const DIAGNOSTICS_SETTLE_MS = 500;
const PASTE_LANDS_MS = 2000;
/** One that takes longer has failed, of which nothing tells. */
const SAVE_TAKES_MS = 5000;
const PLAIN_TEXT = "text/plain";

/** Begin to tell the server of edits' origins, copies, cursor moves, views and problems. */
export function watchDocuments(server: Server): Disposable {
  const origins = new Origins(server);
  const selections = new Selections(server);
  const problems = new Problems(server);
  return Disposable.from(
    ...origins.watch(),
    selections,
    problems,
    window.onDidChangeTextEditorSelection((event) => {
      selections.changed(event);
    }),
    window.onDidChangeActiveTextEditor((editor) => {
      if (editor !== undefined && isHelped(editor.document)) {
        server.report({ kind: "view" }, editor.document);
      }
    }),
    languages.onDidChangeDiagnostics(({ uris }) => {
      problems.changed(uris);
    }),
  );
}

/**
 * Where the text of an edit came from, as far as VS Code tells.
 *
 * Undo and redo are told with the change. A paste is announced to paste providers right before it;
 * the change that inserts the announced text is it. Changes while a document is being saved are
 * those of formatters. A change after which a document is as on disk was read from there.
 */
class Origins implements DocumentPasteEditProvider {
  private readonly savingAtMs = new WeakMap<TextDocument, number>();
  private announced: { document: TextDocument; text: Promise<string>; atMs: number } | undefined;

  constructor(private readonly server: Server) {}

  watch(): Disposable[] {
    return [
      workspace.onDidChangeTextDocument((event) => {
        void this.changed(event);
      }),
      workspace.onWillSaveTextDocument(({ document }) => {
        this.savingAtMs.set(document, performance.now());
      }),
      workspace.onDidSaveTextDocument((document) => {
        this.savingAtMs.delete(document);
      }),
      languages.registerDocumentPasteEditProvider(DOCUMENTS, this, {
        providedPasteEditKinds: [DocumentDropOrPasteEditKind.Empty.append("foretrace")],
        copyMimeTypes: [PLAIN_TEXT],
        pasteMimeTypes: [PLAIN_TEXT],
      }),
    ];
  }

  prepareDocumentPaste(document: TextDocument, ranges: readonly Range[]): void {
    const characters = ranges
      .map((range) => Array.from(document.getText(range)).length)
      .reduce((sum, length) => sum + length, 0);
    this.server.report({ kind: "copy", data: { characters } }, document);
  }

  /** Offers no edit: only the announcement is of interest. */
  provideDocumentPasteEdits(
    document: TextDocument,
    _ranges: readonly Range[],
    transfer: DataTransfer,
  ): undefined {
    const text = transfer.get(PLAIN_TEXT)?.asString() ?? Promise.resolve("");
    this.announced = { document, text: Promise.resolve(text), atMs: performance.now() };
  }

  private async changed(event: TextDocumentChangeEvent): Promise<void> {
    const { document } = event;
    if (event.contentChanges.length === 0 || !isHelped(document)) {
      return;
    }
    const { version } = document;
    const origin = await this.originOf(event);
    if (origin !== undefined) {
      this.server.report({ kind: "origin", data: { origin } }, document, version);
    }
  }

  private async originOf(event: TextDocumentChangeEvent): Promise<Origin | undefined> {
    const { isDirty } = event.document;
    const sinceSaveMs = performance.now() - (this.savingAtMs.get(event.document) ?? -Infinity);
    switch (event.reason) {
      case TextDocumentChangeReason.Undo:
        return "undo";
      case TextDocumentChangeReason.Redo:
        return "redo";
      default:
        if (await this.isPaste(event)) {
          return "paste";
        }
        if (sinceSaveMs < SAVE_TAKES_MS) {
          return "format";
        }
        return isDirty ? undefined : "external";
    }
  }

  private async isPaste({ document, contentChanges }: TextDocumentChangeEvent): Promise<boolean> {
    const announced = this.announced;
    this.announced = undefined;
    if (announced?.document !== document || performance.now() - announced.atMs > PASTE_LANDS_MS) {
      return false;
    }
    // Line ends and indentation become those of the document.
    const squeezed = (text: string): string => text.replace(/\s+/g, "");
    const pasted = squeezed(await announced.text);
    const inserted = contentChanges.map(({ text }) => squeezed(text));
    // At several cursors each may get a line of it, or each the whole.
    return inserted.length === 1
      ? inserted[0] === pasted
      : inserted.every((text) => pasted.includes(text));
  }
}

/** Cursor moves of a person's own, told once they have settled: not those that an edit makes. */
class Selections implements Disposable {
  private readonly later = new Later(SELECTION_SETTLES_MS);
  private readonly versions = new WeakMap<TextDocument, number>();

  constructor(private readonly server: Server) {}

  dispose(): void {
    this.later.dispose();
  }

  changed({ textEditor: { document }, selections }: TextEditorSelectionChangeEvent): void {
    const [selection] = selections;
    if (!isHelped(document) || selection === undefined) {
      return;
    }
    const { version } = document;
    const withEdit = this.versions.get(document) !== version && this.versions.has(document);
    this.versions.set(document, version);
    if (withEdit) {
      this.later.cancel();
      return;
    }
    const { start, end } = selection;
    const range = {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    };
    this.later.run(() => {
      if (document.version === version) {
        this.server.report({ kind: "selection", data: { range } }, document, version);
      }
    });
  }
}

/** How many problems a document has, told when the numbers have settled and changed. */
class Problems implements Disposable {
  private readonly later = new Later(DIAGNOSTICS_SETTLE_MS);
  private readonly waiting = new Set<string>();
  private readonly told = new WeakMap<TextDocument, string>();

  constructor(private readonly server: Server) {}

  dispose(): void {
    this.later.dispose();
  }

  changed(uris: readonly Uri[]): void {
    for (const uri of uris) {
      this.waiting.add(uri.toString());
    }
    this.later.run(() => {
      for (const document of workspace.textDocuments) {
        if (this.waiting.has(document.uri.toString()) && isHelped(document)) {
          this.tell(document);
        }
      }
      this.waiting.clear();
    });
  }

  private tell(document: TextDocument): void {
    const all = languages.getDiagnostics(document.uri);
    const count = (severity: DiagnosticSeverity): number =>
      all.filter((each) => each.severity === severity).length;
    const errors = count(DiagnosticSeverity.Error);
    const warnings = count(DiagnosticSeverity.Warning);
    const numbers = `${errors.toString()} ${warnings.toString()}`;
    if (numbers !== (this.told.get(document) ?? "0 0")) {
      this.told.set(document, numbers);
      this.server.report({ kind: "diagnostics", data: { errors, warnings } }, document);
    }
  }
}
