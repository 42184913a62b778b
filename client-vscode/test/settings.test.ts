import assert from "node:assert/strict";
import { test } from "node:test";
import { readSettings, serverCommand } from "../src/settings";

const read = (values: Record<string, unknown>) => readSettings({ get: (key) => values[key] });

test("settings are read as they are", () => {
  const values = { runPrograms: "always", interpreter: "/opt/python/bin/python" };
  assert.deepEqual(read(values), values);
});

test("what is missing or wrong becomes the default", () => {
  const defaults = { runPrograms: "ask", interpreter: "" };
  assert.deepEqual(read({}), defaults);
  assert.deepEqual(read({ runPrograms: "sometimes", interpreter: "  " }), defaults);
  assert.deepEqual(read({ runPrograms: true, interpreter: null }), defaults);
});

test("the server is the command on PATH, or a module of the interpreter that is set", () => {
  assert.deepEqual(serverCommand(read({})), { command: "foretrace", args: ["lsp"] });
  assert.deepEqual(serverCommand(read({ interpreter: "/opt/my python" })), {
    command: "/opt/my python",
    args: ["-m", "foretrace_server", "lsp"],
  });
});
