import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { forward } from "../src/serverLog";

test("each line goes to the channel at its level, and any other as an error", async () => {
  const seen: string[][] = [];
  const to = (level: string) => (message: string) => void seen.push([level, message]);
  const channel = { debug: to("debug"), info: to("info"), warn: to("warn"), error: to("error") };
  const lines = [
    "2025-01-31 12:00:00,000 INFO foretrace_server.lifecycle: ready",
    "2025-01-31 12:00:00,001 WARNING foretrace_server.worker: the worker died (exit code 1)",
    "Traceback (most recent call last):",
    "/usr/bin/python3: No module named foretrace_server",
  ];
  forward(Readable.from([lines.join("\n")]), channel);
  while (seen.length < lines.length) {
    await setImmediate();
  }
  assert.deepEqual(seen, [
    ["info", "foretrace_server.lifecycle: ready"],
    ["warn", "foretrace_server.worker: the worker died (exit code 1)"],
    ["error", "Traceback (most recent call last):"],
    ["error", "/usr/bin/python3: No module named foretrace_server"],
  ]);
});
