/** The language client: what it is told, and how it tells that there is no server. */

import { type Uri, env, workspace } from "vscode";
import {
  CloseAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  State,
} from "vscode-languageclient/node";
import { settings } from "./configuration";
import type { Python } from "./environment";
import type { GhostText } from "./ghostText";
import { log } from "./log";
import { forward } from "./serverLog";
import { SECTION, type Settings } from "./settings";

/** The documents that the server is told of. */
export const DOCUMENTS = { language: "python", scheme: "file" } as const;

/**
 * Make a client whose server is started in the folder `home`.
 *
 * `onLooked` is called when the server has looked at a document.
 */
export function makeClient(
  { path, variables }: Python,
  home: string,
  ghostText: GhostText,
  onLooked: (document: Uri) => void,
): LanguageClient {
  const server = {
    command: path,
    args: ["-m", "foretrace_server", "lsp"],
    // Python looks for modules where it is started. In the workspace it would take a person's own
    // `random.py` for the one it needs, and run it even where the workspace is not trusted.
    options: { cwd: home, env: variables },
  };
  const options: LanguageClientOptions = {
    documentSelector: [DOCUMENTS],
    initializationOptions: () => ({
      workspaceTrusted: workspace.isTrusted,
      sendingAllowed: env.isTelemetryEnabled,
      ...ofServer(),
    }),
    initializationFailedHandler: () => false,
    outputChannel: log(),
    stdioOptions: { stdout: forward, stderr: forward },
    middleware: {
      provideInlineCompletionItems: ghostText.provide,
      handleDiagnostics: (uri, diagnostics, next) => {
        next(uri, diagnostics);
        onLooked(uri);
      },
      workspace: {
        // The server warns of settings that it does not know, such as the interpreter.
        configuration: ({ items }) =>
          items.map(({ section }) => (section === SECTION ? ofServer() : null)),
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
  constructor(...given: ConstructorParameters<typeof LanguageClient>) {
    super(...given);
    // With `foretrace.trace.server`, which we do not contribute, whole messages would be logged as JSON.
    Object.defineProperty(this, "traceObject", { value: () => undefined });
  }

  /** Log the names of messages only: with that setting, what they carry would come as `data`. */
  override trace(message: string): void {
    super.trace(message);
  }

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

/** The settings that are the server's. */
function ofServer(): Pick<Settings, "runPrograms" | "level" | "minimumIdleMs"> {
  const { runPrograms, level, minimumIdleMs } = settings();
  return { runPrograms, level, minimumIdleMs };
}
