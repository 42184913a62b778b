import assert from "node:assert/strict";
import { test } from "node:test";
import { explain } from "../src/explain";

const why = (...messages: string[]) => ({
  textDocument: { uri: "file:///a.py" },
  version: 1,
  level: null,
  ceiling: null,
  reasons: messages.map((message) => ({ code: "any", message })),
});

test("reasons make a sentence", () => {
  assert.equal(
    explain(why("this version was not looked at yet")),
    "This version was not looked at yet.",
  );
  assert.equal(
    explain(why("nothing is wrong", "programs are not run")),
    "Nothing is wrong; programs are not run.",
  );
});

test("no reason is said too", () => {
  assert.match(explain(why()), /^Nothing was held back/);
});
