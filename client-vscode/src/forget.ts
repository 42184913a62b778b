/** Forgets what was recorded: asks how much, says what would go, and erases it if they agree. */

import { type QuickPickItem, Uri, l10n, window, workspace } from "vscode";
import { counted } from "./counted";
import { reasonOf } from "./failures";
import { log } from "./log";
import type { Receipt, ToForget } from "./protocol";
import type { Server } from "./server";

interface Choice extends QuickPickItem {
  what: ToForget;
}

/** How much goes at one command, for what was written a moment ago. */
export const LAST_MINUTES = 5;

/** Ask what to forget, and forget it. */
export async function forget(server: Server): Promise<void> {
  const file = window.activeTextEditor?.document.uri;
  const choice = await window.showQuickPick(choices(server, file), {
    title: l10n.t("What should Foretrace forget?"),
    placeHolder: l10n.t("It is erased on this computer, and there is no way back."),
  });
  if (choice !== undefined) {
    await erase(server, choice, file);
  }
}

/** Forget the last few minutes: only whether is asked, not what. */
export async function forgetLastMinutes(server: Server): Promise<void> {
  const label = l10n.t("The last {0} minutes", LAST_MINUTES);
  await erase(server, { label, what: { minutes: LAST_MINUTES } }, undefined);
}

async function erase(server: Server, { label, what }: Choice, file: Uri | undefined): Promise<void> {
  try {
    const told = await server.forget({ ...what, preview: true });
    if (!(await confirmed(label, told))) {
      return;
    }
    const receipt = await server.forget(what);
    await offerToIgnore(receipt, "uri" in what ? file : undefined);
  } catch (error) {
    log().error("Nothing was forgotten:", error);
    void window.showErrorMessage(l10n.t("Foretrace could not forget it: {0}", reasonOf(error)));
  }
}

function choices(server: Server, file: Uri | undefined): Choice[] {
  const uri = file?.scheme === "file" ? server.uriOf(file) : undefined;
  return [
    ...(uri === undefined ? [] : [{ label: l10n.t("This file"), what: { uri } }]),
    { label: l10n.t("The last 10 minutes"), what: { minutes: 10 } },
    { label: l10n.t("The last hour"), what: { minutes: 60 } },
    { label: l10n.t("This session"), what: { session: true } },
    { label: l10n.t("Everything"), what: { all: true } },
  ];
}

async function confirmed(label: string, told: Receipt): Promise<boolean> {
  const button = l10n.t("Forget");
  const detail = [
    l10n.t("Erased: {0} of {1}.", counted(l10n.t, told.events, "event"), counted(l10n.t, told.documents, "file")),
    told.texts_withheld === 0
      ? ""
      : l10n.t("Left without their text: {0}.", counted(l10n.t, told.texts_withheld, "later event")),
    l10n.t(
      "Until they are opened again, these files are recorded without text. What still stands in " +
        "them is recorded then.",
    ),
  ];
  const answer = await window.showWarningMessage(
    l10n.t("Forget: {0}?", label),
    { modal: true, detail: detail.filter(Boolean).join("\n") },
    button,
  );
  return answer === button;
}

/** Say that it is done, and name the exports that still have it; of a file, offer to stop there. */
async function offerToIgnore(receipt: Receipt, file: Uri | undefined): Promise<void> {
  const stop = l10n.t("Stop Recording This File");
  const places = receipt.exports.map(({ path }) => path).join(", ");
  const gone = counted(l10n.t, receipt.events, "event");
  const message =
    places === ""
      ? l10n.t("Forgotten: {0}.", gone)
      : l10n.t("Forgotten: {0}. Exports that may still have it: {1}", gone, places);
  const answer = await window.showInformationMessage(message, ...(file ? [stop] : []));
  if (answer === stop && file !== undefined) {
    await ignore(file);
  }
}

/** Name a file in the `.traceignore` beside it. */
async function ignore(file: Uri): Promise<void> {
  const list = Uri.joinPath(file, "..", ".traceignore");
  const before = await workspace.fs.readFile(list).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => "",
  );
  const name = (file.path.split("/").pop() ?? "").replace(/[\\[\]*?! #]/g, "\\$&");
  const whole = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  await workspace.fs.writeFile(list, new TextEncoder().encode(`${whole}/${name}\n`));
}
