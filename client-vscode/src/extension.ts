/** Foretrace in VS Code: brings the parts together. */

import { type ExtensionContext, workspace } from "vscode";
import { Server } from "./server";
import { registerCommands } from "./commands";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const started = new Server(context.extensionPath);
  server = started;
  context.subscriptions.push(
    ...registerCommands(started),
    workspace.onDidGrantWorkspaceTrust(() => started.trust()),
  );
  await started.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
