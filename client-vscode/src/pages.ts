/** Pages to read, in Markdown: the notice, the status, and what the doctor finds. */

import { counted } from "./counted";
import type { Status } from "./protocol";
import { snoozedWords } from "./snoozing";

const HERE =
  "**In this editor:** the commands *Foretrace: Withdraw the Permission to Record* and *Foretrace: " +
  "Pause Recording* do the same. The status bar always shows whether recording is on.";

/**
 * Return the notice as Markdown.
 *
 * It comes as plain text: paragraphs, and lines that begin with a heading, two spaces and text,
 * which goes on in the indented lines after it.
 */
export function noticePage(notice: string): string {
  const blocks: string[] = [];
  for (const line of notice.split("\n")) {
    const [, heading, text] = /^(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
    if (heading !== undefined && text !== undefined) {
      blocks.push(`**${heading}:** ${text}`);
    } else if (/^\s+\S/.test(line) && blocks.length > 0) {
      blocks.push(`${blocks.pop() ?? ""} ${line.trim()}`);
    } else if (line.trim() !== "") {
      blocks.push(line);
    }
  }
  return `# What Foretrace records\n\n${[...blocks, HERE].join("\n\n")}\n`;
}

/** Return the status as Markdown; `assistants` are others that show ghost text. */
export function statusPage(
  { version, recording, programs, help, timing, worker, model, warnings }: Status,
  assistants: readonly string[],
): string {
  const sections: Record<string, Record<string, string>> = {
    Recording: {
      State: recording.reason,
      Content: recording.content ?? "nothing",
      Scopes: recording.scopes.join(", ") || "none",
      Paused: recording.paused ? "yes" : "no",
      "Permission ends": recording.expires_at?.slice(0, 10) ?? "-",
      "This session": recording.session,
      Events: `${recording.committed.toString()} kept, ${recording.waiting.toString()} waiting, ${recording.lost.toString()} lost`,
      Trouble: recording.trouble ?? "none",
    },
    Help: {
      Level: help.level,
      Workspace: programs.workspaceTrusted ? "trusted" : "not trusted",
      "Running programs": `${programs.runPrograms} (${programs.mayRun ? "" : "not "}allowed now)`,
      "By itself": snoozedWords(timing) ?? `after ${timing.minimumIdleMs.toString()} ms`,
      Boundary: programs.boundary ?? "no program was run yet",
      Worker: worker,
      Model: model.available ? "available" : model.reason,
      "Other assistants": assistants.map((name) => `${name} shows ghost text, too`).join("; ") || "none",
      Warnings: warnings.join("; ") || "none",
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
export function doctorPage(findings: readonly Finding[]): string {
  const troubles = findings.filter(({ ok }) => !ok);
  const summary =
    troubles.length === 0
      ? "Everything is in order."
      : `${counted(troubles.length, "thing")} to look at:`;
  const todo = troubles.map(({ name, message }) => `- **${name}:** ${cell(message)}`);
  const rows = findings.map(
    ({ name, ok, message }) => `| ${name} | ${ok ? "in\u00a0order" : "**look**"} | ${cell(message)} |`,
  );
  const table = ["| What | State | What was found |", "| --- | --- | --- |", ...rows].join("\n");
  const parts = ["# How Foretrace is", summary, ...(todo.length > 0 ? [todo.join("\n")] : []), table];
  return `${parts.join("\n\n")}\n`;
}

function cell(text: string): string {
  return text.replace(/[\\|<`*_]/g, "\\$&").replace(/\s+/g, " ");
}
