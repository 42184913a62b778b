/** Pages to read, in Markdown: the notice, the status, and what the doctor finds. */

import { counted } from "./counted";
import { noticeParts } from "./notice";
import type { Status } from "./protocol";
import { snoozedWords } from "./snoozing";
import type { Translate } from "./translate";

/** Return the notice as Markdown. */
export function noticePage(t: Translate, notice: string): string {
  const paragraphs = noticeParts(notice).map(({ heading, text }) =>
    heading === undefined ? text : `**${heading}:** ${text}`,
  );
  const here = t(
    "**In this editor:** the commands *Foretrace: Withdraw the Permission to Record* and *Foretrace: " +
      "Pause Recording* do the same. The status bar always shows whether recording is on.",
  );
  return `# ${t("What Foretrace records")}\n\n${[...paragraphs, here].join("\n\n")}\n`;
}

/** Return the status as Markdown; `assistants` are others that show ghost text, `locale` is for times. */
export function statusPage(
  t: Translate,
  { version, recording, programs, help, timing, worker, model, warnings }: Status,
  assistants: readonly string[],
  locale: string,
): string {
  const none = t("none");
  const { committed, waiting, lost } = recording;
  const sections: Record<string, Record<string, string>> = {
    [t("Recording")]: {
      [t("State")]: recording.reason,
      [t("Content")]: recording.content ?? t("nothing"),
      [t("Scopes")]: recording.scopes.join(", ") || none,
      [t("Paused")]: recording.paused ? t("yes") : t("no"),
      [t("Permission ends")]: recording.expires_at?.slice(0, 10) ?? "-",
      [t("This session")]: recording.session,
      [t("Events")]: t("{0} kept, {1} waiting, {2} lost", committed, waiting, lost),
      [t("Trouble")]: recording.trouble ?? none,
    },
    [t("Help")]: {
      [t("Level")]: help.level,
      [t("Workspace")]: programs.workspaceTrusted ? t("trusted") : t("not trusted"),
      [t("Running programs")]: programs.mayRun
        ? t("{0} (allowed now)", programs.runPrograms)
        : t("{0} (not allowed now)", programs.runPrograms),
      [t("By itself")]: snoozedWords(t, timing, locale) ?? t("after {0} ms", timing.minimumIdleMs),
      [t("Boundary")]: programs.boundary ?? t("no program was run yet"),
      [t("Worker")]: worker,
      [t("Model")]: model.available ? t("available") : model.reason,
      [t("Other assistants")]:
        assistants.map((name) => t("{0} shows ghost text, too", name)).join("; ") || none,
      [t("Warnings")]: warnings.join("; ") || none,
    },
  };
  const tables = Object.entries(sections).map(([title, rows]) => {
    const lines = Object.entries(rows).map(([name, value]) => `| ${name} | ${cell(value)} |`);
    return [`## ${title}`, "", "| | |", "| --- | --- |", ...lines].join("\n");
  });
  return `# Foretrace ${version}\n\n${tables.join("\n\n")}\n`;
}

/** One thing that was looked at, and what there is to know or to do. */
export interface Finding {
  name: string;
  ok: boolean;
  message: string;
}

/** Return what a doctor found as Markdown, what needs doing first. */
export function doctorPage(t: Translate, findings: readonly Finding[]): string {
  const troubles = findings.filter(({ ok }) => !ok);
  const summary =
    troubles.length === 0
      ? t("Everything is in order.")
      : t("{0} to look at:", counted(t, troubles.length, "thing"));
  const todo = troubles.map(({ name, message }) => `- **${name}:** ${cell(message)}`);
  const inOrder = t("in order").replaceAll(" ", "\u00a0");
  const look = `**${t("look")}**`;
  const rows = findings.map(
    ({ name, ok, message }) => `| ${name} | ${ok ? inOrder : look} | ${cell(message)} |`,
  );
  const head = `| ${t("What")} | ${t("State")} | ${t("What was found")} |`;
  const table = [head, "| --- | --- | --- |", ...rows].join("\n");
  const title = `# ${t("How Foretrace is")}`;
  const parts = [title, summary, ...(todo.length > 0 ? [todo.join("\n")] : []), table];
  return `${parts.join("\n\n")}\n`;
}

/** Return a text for a cell; a long path in it can go on in the next line. */
function cell(text: string): string {
  const escaped = text.replace(/[\\|<`*_]/g, "\\$&").replace(/\s+/g, " ");
  return escaped.replace(/\/|\\\\/g, "$&<wbr>");
}
