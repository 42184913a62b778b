/** Pages to read, in Markdown: the notice and the status. */

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

export function statusPage({
  version,
  recording,
  programs,
  timing,
  worker,
  model,
  warnings,
}: Status): string {
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
      Workspace: programs.workspaceTrusted ? "trusted" : "not trusted",
      "Running programs": `${programs.runPrograms} (${programs.mayRun ? "" : "not "}allowed now)`,
      "By itself": snoozedWords(timing) ?? `after ${timing.minimumIdleMs.toString()} ms`,
      Boundary: programs.boundary ?? "no program was run yet",
      Worker: worker,
      Model: model.available ? "available" : model.reason,
      Warnings: warnings.join("; ") || "none",
    },
  };
  const tables = Object.entries(sections).map(([title, rows]) => {
    const lines = Object.entries(rows).map(([name, value]) => `| ${name} | ${cell(value)} |`);
    return [`## ${title}`, "", "| | |", "| --- | --- |", ...lines].join("\n");
  });
  return `# Foretrace ${version}\n\n${tables.join("\n\n")}\n`;
}

function cell(text: string): string {
  return text.replace(/[\\|<`*_]/g, "\\$&").replace(/\s+/g, " ");
}
