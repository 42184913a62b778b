/** What `foretrace doctor` finds, and what only the editor knows: also where no server runs. */

import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { ProgressLocation, env, l10n, version, window, workspace } from "vscode";
import type { Documents } from "./documents";
import type { Python } from "./environment";
import { log } from "./log";
import { type Finding, doctorPage } from "./pages";
import type { Server } from "./server";
import { whyNoServer } from "./setup";
import { activeAssistants } from "./yielding";

const PATIENCE_MS = 60_000;
/** A server answers within seconds of its start, or it never does. */
const START_PATIENCE_MS = 20_000;
const LOOK_MS = 200;

/** Look at everything and show what was found. */
export async function runDoctor(server: Server, documents: Documents, home: string): Promise<void> {
  const findings = await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t("Foretrace looks at itself") },
    async () => {
      await settled(server);
      const { python } = server;
      return [
        serverFinding(server),
        ...editorFindings(),
        ...(python === undefined ? [] : await foretraceFindings(python, home)),
      ];
    },
  );
  await documents.show(l10n.t("Foretrace's doctor"), doctorPage(l10n.t, findings));
}

/** Wait while the server is being set up, for as long as that takes, and then for its first answer. */
async function settled(server: Server): Promise<void> {
  while (server.state === "preparing") {
    await setTimeout(LOOK_MS);
  }
  const deadlineMs = performance.now() + START_PATIENCE_MS;
  while (server.state === "starting" && performance.now() < deadlineMs) {
    await setTimeout(LOOK_MS);
  }
}

function serverFinding({ state, failure }: Server): Finding {
  const name = l10n.t("server");
  if (state === "running") {
    return { name, ok: true, message: l10n.t("it runs") };
  }
  const reason =
    state === "starting"
      ? l10n.t("It was started and does not answer.")
      : failure === undefined
        ? l10n.t("It does not run.")
        : whyNoServer(failure);
  const remedy = l10n.t("The command “Foretrace: Restart Server” tries again.");
  return { name, ok: false, message: `${reason} ${remedy}` };
}

function editorFindings(): Finding[] {
  const where = env.remoteName === undefined ? "" : l10n.t(", remote: {0}", env.remoteName);
  const others = activeAssistants();
  return [
    { name: l10n.t("editor"), ok: true, message: `${env.appName} ${version}${where}` },
    {
      name: l10n.t("workspace"),
      ok: workspace.isTrusted,
      message: workspace.isTrusted
        ? l10n.t("it is trusted")
        : l10n.t("it is not trusted, so no program is run; “Workspaces: Manage Workspace Trust”"),
    },
    {
      name: l10n.t("other assistants"),
      ok: true,
      message:
        others.length === 0
          ? l10n.t("none")
          : l10n.t("{0}; the setting foretrace.ghostText has ours yield", others.join(", ")),
    },
  ];
}

/** Return what the command finds, run in the folder `home` as the server is. */
async function foretraceFindings({ path, variables }: Python, home: string): Promise<Finding[]> {
  const options = { cwd: home, env: variables, timeout: PATIENCE_MS, windowsHide: true };
  const output = await new Promise<string>((resolve) => {
    const args = ["-m", "foretrace_server", "doctor", "--json"];
    // It ends with 1 where something needs doing, and says what all the same.
    execFile(path, args, options, (error, printed, trouble) => {
      if (error !== null && printed === "") {
        log().error("foretrace doctor failed:", trouble);
      }
      resolve(printed);
    });
  });
  try {
    const found = JSON.parse(output) as Record<string, Omit<Finding, "name">>;
    return Object.entries(found).map(([name, finding]) => ({ name, ...finding }));
  } catch {
    const message = l10n.t("{0} did not run it; the log says why", path);
    return [{ name: "foretrace doctor", ok: false, message }];
  }
}
