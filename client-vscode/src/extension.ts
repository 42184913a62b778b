/** Foretrace in VS Code: brings the parts together. */

import { join } from "node:path";
import { type ExtensionContext, Uri, env, workspace } from "vscode";
import { registerCommands } from "./commands";
import { ConsentDialog } from "./consent";
import { keepContextKeys } from "./contextKeys";
import { Documents } from "./documents";
import { Environment } from "./environment";
import { GhostText } from "./ghostText";
import { IntentItem } from "./intent";
import { LanguageItem } from "./languageItem";
import { Lenses } from "./lenses";
import { log } from "./log";
import { MinePanel } from "./minePanel";
import type { Status } from "./protocol";
import { proxyVariables } from "./proxy";
import { watchDocuments } from "./recording";
import { watchRuns } from "./running";
import { Server } from "./server";
import { SECTION } from "./settings";
import { advise, showSetup } from "./setup";
import { StatusItem } from "./status";
import { Suggestions } from "./suggestions";
import { Yielding } from "./yielding";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const environment = new Environment(
    join(context.extensionPath, "wheels"),
    join(context.globalStorageUri.fsPath, "environments"),
    () => proxyVariables(workspace.getConfiguration("http")),
    showSetup,
  );
  const ghostText = new GhostText();
  const started = new Server(environment, context.extensionPath, ghostText, (error) => {
    void advise(error, () => started.restart());
  });
  server = started;
  const documents = new Documents();
  const suggestions = new Suggestions(started, documents);
  const status = new StatusItem(started);
  const intent = new IntentItem(started);
  const yielding = new Yielding(context.globalState);
  const consent = new ConsentDialog(started, documents, context.globalState, () => {
    void status.refresh();
  });
  const mine = new MinePanel(
    started,
    Uri.joinPath(context.extensionUri, "out"),
    Uri.joinPath(context.extensionUri, "icon.png"),
  );
  context.subscriptions.push(
    started,
    documents,
    suggestions,
    new Lenses(suggestions),
    ghostText,
    yielding,
    status,
    keepContextKeys(status),
    new LanguageItem(status),
    intent,
    mine,
    ...registerCommands({
      server: started,
      suggestions,
      consent,
      status,
      intent,
      documents,
      mine,
      extension: context.extension,
    }),
    watchDocuments(started),
    ...watchRuns(started),
    started.onDidChangeState(async (state) => {
      const answer = state === "running" ? await status.refresh() : undefined;
      if (answer !== undefined) {
        compareVersions(answer, context);
        await consent.askOnce(answer.recording);
        await yielding.begin();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(() => started.trust()),
    env.onDidChangeTelemetryEnabled((allowed) => started.allowSending(allowed)),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.interpreter`)) {
        void started.restart();
      }
    }),
  );
  // Not waited for: setting up may take minutes, and commands wait until this function is done.
  void started.restart();
}

/** Tell of a server that is not the one which the extension carries, as a chosen Python can have. */
function compareVersions({ version }: Status, { extension }: ExtensionContext): void {
  const { version: ours } = extension.packageJSON as { version: string };
  if (version !== ours) {
    log().warn(`The server is Foretrace ${version}, the extension ${ours}.`);
  }
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
