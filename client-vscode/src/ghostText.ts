/**
 * Our ghost text: where it keeps out of the way of what VS Code shows, and of Tab.
 *
 * VS Code has Tab accept ghost text wherever it stands. At the beginning of a line Tab indents, so
 * there it is handed back. The key that accepts fixes takes ghost text of ours as it stands there: the
 * same fix can be made in more than one place.
 */

import {
  Disposable,
  InlineCompletionTriggerKind,
  type TextDocument,
  commands,
  window,
  workspace,
} from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { settings } from "./configuration";
import { activeAssistants } from "./yielding";

/**
 * Where ghost text of ours stands, if it does: Tab and the key that accepts go by it.
 *
 * VS Code does not tell whose ghost text it shows, so while another assistant is active there is no
 * value: a key of ours would refuse or take what is the other's.
 */
const GHOST_TEXT = "foretrace.ghostText";

type Place = "atLineStart" | "inLine";

type Provide = NonNullable<Middleware["provideInlineCompletionItems"]>;

export class GhostText implements Disposable {
  private readonly subscriptions: Disposable;
  private place: Place | undefined;
  /** The version of a text at which a list of completions was open. */
  private readonly listedAt = new WeakMap<TextDocument, number>();

  constructor() {
    this.subscriptions = Disposable.from(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.moved(document);
        }
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.moved(textEditor.document);
      }),
      window.onDidChangeActiveTextEditor(() => {
        this.tell(undefined);
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Provide what the server has, unless something else stands there already. */
  readonly provide: Provide = async (document, position, context, token, next) => {
    if (context.selectedCompletionInfo !== undefined) {
      this.listedAt.set(document, document.version);
      this.tell(undefined);
      return undefined;
    }
    // Who closes the list with Esc does not want the next thing to come up in its place.
    const wasListed = this.listedAt.get(document) === document.version;
    const isAsked = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    if (!settings().ghostText || (wasListed && !isAsked)) {
      this.tell(undefined);
      return undefined;
    }
    // The text may be another by the time of the answer.
    const before = document.lineAt(position.line).text.slice(0, position.character);
    const place = before.trim() === "" ? "atLineStart" : "inLine";
    const answer = await next(document, position, context, token);
    const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
    if (!token.isCancellationRequested) {
      const isOurs = items.length > 0 && activeAssistants().length === 0;
      this.tell(isOurs ? place : undefined);
    }
    return answer;
  };

  private moved(document: TextDocument): void {
    // A log is a document as well, and goes on while a person does nothing.
    if (document === window.activeTextEditor?.document) {
      this.tell(undefined);
    }
  }

  private tell(place: Place | undefined): void {
    if (place !== this.place) {
      this.place = place;
      void commands.executeCommand("setContext", GHOST_TEXT, place);
    }
  }
}
