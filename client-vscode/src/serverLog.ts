/** The server's log, which it writes to standard error. */

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

type Level = "debug" | "info" | "warn" | "error";

/** What is needed of `vscode.LogOutputChannel`. */
type Channel = Record<Level, (message: string) => void>;

const LEVELS: Readonly<Record<string, Level>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  ERROR: "error",
  CRITICAL: "error",
};
const LINE = /^\S+ \S+ ([A-Z]+) (.*)$/;

/** Write what the server logs to a channel, each line at its own level. */
export function forward(input: Readable, channel: Channel): void {
  createInterface({ input, crlfDelay: Infinity }).on("line", (line) => {
    const [, name = "", message = ""] = LINE.exec(line) ?? [];
    const level = LEVELS[name];
    if (level !== undefined) {
      channel[level](message);
    } else {
      // A traceback, or Python itself when there is no server to run.
      channel.error(line);
    }
  });
}
