/** Shows how setting up goes, and says what to do where it does not. */

import { ProgressLocation, l10n, window, workspace, ConfigurationTarget } from "vscode";
import { SetupError, type Show, type Step, type Trouble } from "./environment";
import { log } from "./log";
import { OLDEST_PYTHON } from "./python";
import { SECTION } from "./settings";

/** Shows the making of an environment as a notification that can be cancelled. */
export const showSetup: Show = async (task) =>
  window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t("Setting up Foretrace, once"),
      cancellable: true,
    },
    async (progress, token) => {
      const cancelled = new AbortController();
      token.onCancellationRequested(() => {
        cancelled.abort();
      });
      await task((step, detail) => {
        progress.report({ message: words(step, detail) });
      }, cancelled.signal);
    },
  );

function words(step: Step, detail: string | undefined): string {
  switch (step) {
    case "making":
      return l10n.t("making a Python environment");
    case "waiting":
      return l10n.t("another window is at it");
    case "getting":
      return detail === undefined
        ? l10n.t("getting what it is made of")
        : l10n.t("getting {0}", detail);
    case "unpacking":
      return l10n.t("putting everything in its place");
  }
}

/** Tell a person why there is no server, and offer what helps; `retry` starts it again. */
export async function advise(error: unknown, retry: () => Promise<void>): Promise<void> {
  if (error instanceof Error && error.name === "AbortError") {
    log().info("Setting up was cancelled.");
    return;
  }
  log().error("There is no server:", error);
  const tryAgain = l10n.t("Try Again");
  const choose = l10n.t("Choose a Python");
  const showLog = l10n.t("Show Log");
  const answer = await window.showErrorMessage(whyNoServer(error), tryAgain, choose, showLog);
  if (answer === tryAgain) {
    await retry();
  } else if (answer === choose) {
    await chooseInterpreter();
  } else if (answer === showLog) {
    log().show();
  }
}

/** Have a person choose the Python to use; the server starts anew because the setting changes. */
export async function chooseInterpreter(): Promise<void> {
  const [file] =
    (await window.showOpenDialog({
      title: l10n.t("Choose the Python that Foretrace shall use"),
      openLabel: l10n.t("Use This Python"),
    })) ?? [];
  if (file !== undefined) {
    await workspace
      .getConfiguration(SECTION)
      .update("interpreter", file.fsPath, ConfigurationTarget.Global);
  }
}

/** Say why there is no server, and what to do. */
export function whyNoServer(error: unknown): string {
  return error instanceof SetupError
    ? advice(error.trouble, error.detail)
    : l10n.t("Foretrace could not start its server. The log says why.");
}

function advice(trouble: Trouble, detail: string): string {
  const oldest = OLDEST_PYTHON.join(".");
  switch (trouble) {
    case "no python":
      return l10n.t(
        "Foretrace needs Python {0} or newer, and there is none on this computer's PATH. Install it, or choose where it is.",
        oldest,
      );
    case "old python":
      return l10n.t(
        "Foretrace needs Python {0} or newer, and {1} is older. Install a newer one, or choose where it is.",
        oldest,
        detail,
      );
    case "not a python":
      return l10n.t(
        "The setting foretrace.interpreter names {0}, which is no Python that runs.",
        detail,
      );
    case "no venv":
      return l10n.t(
        "This Python lacks the module venv. On Debian and Ubuntu: apt install python3-venv.",
      );
    case "certificate":
      return l10n.t(
        "This computer does not trust the certificate of the package index or of a proxy before it. Add your organisation's certificate to the system's trust store, or name it in SSL_CERT_FILE.",
      );
    case "offline":
      return l10n.t(
        "Foretrace is set up once over the network, and the package index could not be reached. Your editor works as before. Behind a proxy, set http.proxy.",
      );
    case "disk":
      return l10n.t("Foretrace could not be set up: there is no space left on the disk.");
    case "no wheel":
      return l10n.t(
        "This build of the extension does not carry Foretrace itself. Choose a Python that has it.",
      );
    case "other":
      return l10n.t("Foretrace could not be set up: {0}", detail);
  }
}
