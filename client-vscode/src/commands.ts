/** The commands of the palette. */

import { type Disposable, commands, window } from "vscode";
import type { Server } from "./server";
import { explain } from "./explain";
import { log } from "./log";

export function registerCommands(server: Server): Disposable[] {
  return [
    commands.registerCommand("foretrace.restart", () => server.restart()),
    commands.registerCommand("foretrace.showLog", () => {
      log().show();
    }),
    commands.registerCommand("foretrace.whyNothing", () => whyNothing(server)),
  ];
}

async function whyNothing(server: Server): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined) {
    void window.showInformationMessage("Foretrace: No file is open.");
    return;
  }
  try {
    const why = await server.why(document.uri);
    void window.showInformationMessage(`Foretrace: ${explain(why)}`);
  } catch (error) {
    log().error("The server gave no reasons:", error);
    void window.showErrorMessage("Foretrace: The server does not answer. Its log may say why.");
  }
}
