import assert from "node:assert/strict";
import { test } from "node:test";
import { counted } from "../src/counted";
import { t } from "../src/mine/texts";

test("one thing is told in the singular, none and many are not", () => {
  assert.equal(counted(t, 0, "event"), "0 events");
  assert.equal(counted(t, 1, "session"), "1 session");
  assert.equal(counted(t, 12, "event"), "12 events");
});

test("many things are told with separators", () => {
  assert.equal(counted(t, 12_345, "event", "en"), "12,345 events");
});
