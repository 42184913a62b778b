/** Read-only documents that are made here: the notice, the status, and texts with a fix in them. */

import {
  type Disposable,
  EventEmitter,
  type TextDocumentContentProvider,
  Uri,
  commands,
  workspace,
} from "vscode";

const SCHEME = "foretrace";

export class Documents implements TextDocumentContentProvider, Disposable {
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;
  private readonly texts = new Map<string, string>();
  private readonly registration = workspace.registerTextDocumentContentProvider(SCHEME, this);

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Give a document its text and return its address; its name may be a path. */
  put(name: string, text: string): Uri {
    const uri = Uri.from({ scheme: SCHEME, path: name.startsWith("/") ? name : `/${name}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  /** Show a page of Markdown. */
  async show(name: string, markdown: string): Promise<void> {
    await commands.executeCommand("markdown.showPreview", this.put(`${name}.md`, markdown));
  }
}
