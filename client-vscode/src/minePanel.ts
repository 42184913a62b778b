/** The panel in which a person sees what Foretrace has about them: a page, and what it asks for. */

import { randomBytes } from "node:crypto";
import {
  Disposable,
  Uri,
  ViewColumn,
  type Webview,
  type WebviewPanel,
  commands,
  env,
  l10n,
  window,
} from "vscode";
import { notAnswering, reasonOf } from "./failures";
import { log } from "./log";
import { type Asked, COMMANDS, type ToExtension, type ToPage } from "./mine/messages";
import type { Server } from "./server";

const TYPE = "foretrace.mine";

export class MinePanel implements Disposable {
  private readonly subscriptions: Disposable;
  private panel: WebviewPanel | undefined;

  /** `folder` has the page's script and style, `icon` is the picture on its tab. */
  constructor(
    private readonly server: Server,
    private readonly folder: Uri,
    private readonly icon: Uri,
  ) {
    this.subscriptions = Disposable.from(
      // A window that is opened again shows the page that was open in it.
      window.registerWebviewPanelSerializer(TYPE, {
        deserializeWebviewPanel: (panel) => {
          this.keep(panel);
          return Promise.resolve();
        },
      }),
      server.onDidForget(() => void this.refresh()),
      server.onDidChangeState((state) => {
        this.tell({ type: "server", runs: state === "running" });
        if (state === "running") {
          void this.refresh();
        }
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.panel?.dispose();
  }

  show(): void {
    if (this.panel !== undefined) {
      this.panel.reveal();
      void this.refresh();
      return;
    }
    const title = l10n.t("What Foretrace Has About You");
    // It stays as it is while another tab is in front: a replay is not read again for a glance.
    const kept = { retainContextWhenHidden: true };
    this.keep(window.createWebviewPanel(TYPE, title, ViewColumn.Active, kept));
  }

  private keep(panel: WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    panel.iconPath = this.icon;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [this.folder] };
    const subscription = webview.onDidReceiveMessage((message: ToExtension) =>
      this.answer(message),
    );
    panel.onDidDispose(() => {
      subscription.dispose();
      if (this.panel === panel) {
        this.panel = undefined;
      }
    });
    webview.html = html(webview, this.folder);
  }

  private async answer(message: ToExtension): Promise<void> {
    switch (message.type) {
      case "ready":
        this.tell({ type: "begin", locale: env.language, texts: l10n.bundle ?? {} });
        this.tell({ type: "server", runs: this.server.state === "running" });
        await this.refresh();
        break;
      case "refresh":
        await this.refresh();
        break;
      case "profile":
        await this.ask("profile", async () => {
          this.tell({ type: "profile", profile: await this.server.mineProfile() });
        });
        break;
      case "playback":
        await this.ask("playback", async () => {
          this.tell({ type: "playback", recording: await this.server.minePlayback(message.of) });
        });
        break;
      case "command":
        if (COMMANDS.includes(message.command)) {
          await commands.executeCommand(`foretrace.${message.command}`);
          await this.refresh();
        }
    }
  }

  private async refresh(): Promise<void> {
    if (this.panel !== undefined && this.server.state === "running") {
      await this.ask("overview", async () => {
        this.tell({ type: "overview", overview: await this.server.mineOverview() });
      });
    }
  }

  private async ask(about: Asked, asked: () => Promise<void>): Promise<void> {
    try {
      await asked();
    } catch (error) {
      log().error(`The server does not tell the ${about}:`, error);
      const message =
        this.server.state === "running" ? reasonOf(error) : notAnswering(this.server);
      this.tell({ type: "problem", about, message });
    }
  }

  private tell(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }
}

/** Return the page: nothing in it comes from elsewhere, and only its own script is run. */
function html(webview: Webview, folder: Uri): string {
  const nonce = randomBytes(16).toString("base64url");
  const address = (file: string): string =>
    webview.asWebviewUri(Uri.joinPath(folder, file)).toString();
  return `<!DOCTYPE html>
<html lang="${env.language}">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${l10n.t("What Foretrace Has About You")}</title>
    <link rel="stylesheet" href="${address("mine.css")}" />
  </head>
  <body>
    <main id="page"></main>
    <script nonce="${nonce}" src="${address("mine.js")}"></script>
  </body>
</html>`;
}
