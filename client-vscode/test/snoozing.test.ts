import assert from "node:assert/strict";
import { test } from "node:test";
import { t } from "../src/mine/texts";
import { SNOOZES, snoozedWords } from "../src/snoozing";

const timing = { minimumIdleMs: 1000, snoozed: true, snoozedUntil: null };

test("the status bar says until when suggestions are snoozed, and nothing where they are not", () => {
  assert.equal(snoozedWords(t, { ...timing, snoozed: false }, "en-GB"), undefined);
  assert.equal(snoozedWords(t, timing, "en-GB"), "snoozed");
  const until = new Date(2026, 0, 1, 14, 5).toISOString();
  assert.equal(snoozedWords(t, { ...timing, snoozedUntil: until }, "en-GB"), "snoozed until 14:05");
});

test("suggestions are snoozed for minutes that grow, or until the server ends", () => {
  assert.deepEqual([...SNOOZES], [5, 15, 60, null]);
});
