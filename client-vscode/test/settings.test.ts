import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULTS, isAbove, readSettings } from "../src/settings";

const read = (values: Record<string, unknown>) => readSettings({ get: (key) => values[key] });

test("settings are read as they are", () => {
  const values = {
    runPrograms: "always",
    level: "hint",
    minimumIdleMs: 2500,
    interpreter: "/opt/python/bin/python",
    ghostText: false,
    codeLens: false,
    showIntent: false,
  };
  assert.deepEqual(read(values), values);
});

test("what is missing or wrong becomes the default", () => {
  assert.deepEqual(read({}), DEFAULTS);
  assert.deepEqual(read({ runPrograms: "sometimes", level: "all", interpreter: "  " }), DEFAULTS);
  assert.deepEqual(read({ minimumIdleMs: 99 }), DEFAULTS);
  assert.deepEqual(read({ minimumIdleMs: "1000" }), DEFAULTS);
  assert.deepEqual(read({ runPrograms: true, interpreter: null, ghostText: "no" }), DEFAULTS);
});

test("a level is above those that give less help", () => {
  assert.ok(isAbove("fix", "hint"));
  assert.ok(!isAbove("hint", "hint"));
  assert.ok(!isAbove("off", "nudge"));
});
