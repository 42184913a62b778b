/** The language client: what it is told, and how it tells that there is no server. */

import { workspace } from "vscode";
import {
  CloseAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  State,
} from "vscode-languageclient/node";
import { log } from "./log";
import { forward } from "./serverLog";
import { SECTION, type Settings, readSettings, serverCommand } from "./settings";

/** Make a client whose server is started in the folder `home`. */
export function makeClient(home: string): LanguageClient {
  // Python looks for modules where it is started. In the workspace it would take a person's own
  // `random.py` for the one it needs, and run it even where the workspace is not trusted.
  const server = { ...serverCommand(settings()), options: { cwd: home } };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "python", scheme: "file" }],
    initializationOptions: () => ({
      workspaceTrusted: workspace.isTrusted,
      runPrograms: settings().runPrograms,
    }),
    initializationFailedHandler: () => false,
    outputChannel: log(),
    stdioOptions: { stdout: forward, stderr: forward },
    middleware: {
      workspace: {
        // The server warns of settings that it does not know, such as the interpreter.
        configuration: ({ items }) =>
          items.map(({ section }) =>
            section === SECTION ? { runPrograms: settings().runPrograms } : null,
          ),
      },
    },
  };
  return new Client("foretrace", "Foretrace", server, options);
}

/**
 * A client that only logs why a server does not start, and tries once.
 *
 * By default it tries five times and shows each of the errors that follow from one another. Whoever
 * starts it sees its state.
 */
class Client extends LanguageClient {
  override error(message: string, data?: unknown, show?: boolean | "force"): void {
    super.error(message, data, this.state === State.Running && show);
  }

  override createDefaultErrorHandler(maxRestartCount?: number): ErrorHandler {
    const usual = super.createDefaultErrorHandler(maxRestartCount);
    return {
      error: (...problem) => usual.error(...problem),
      closed: () =>
        this.state === State.Starting ? { action: CloseAction.DoNotRestart } : usual.closed(),
    };
  }
}

function settings(): Settings {
  return readSettings(workspace.getConfiguration(SECTION));
}
