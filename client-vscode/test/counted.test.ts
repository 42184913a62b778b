import assert from "node:assert/strict";
import { test } from "node:test";
import { counted } from "../src/counted";

test("one thing is told in the singular, none and many are not", () => {
  assert.equal(counted(0, "event"), "0 events");
  assert.equal(counted(1, "session"), "1 session");
  assert.equal(counted(12, "event"), "12 events");
});

test("many things are told with separators", () => {
  assert.equal(counted(12_345, "event", "en"), "12,345 events");
});
