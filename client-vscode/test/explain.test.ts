import assert from "node:assert/strict";
import { test } from "node:test";
import { explain, limitWords } from "../src/explain";
import { t } from "../src/mine/texts";

const why = (...messages: string[]) => ({
  textDocument: { uri: "file:///a.py" },
  version: 1,
  level: null,
  ceiling: null,
  limit: null,
  reasons: messages.map((message) => ({ code: "any", message })),
});

test("reasons make a sentence", () => {
  assert.equal(
    explain(t, why("this version was not looked at yet")),
    "This version was not looked at yet.",
  );
  assert.equal(
    explain(t, why("nothing is wrong", "programs are not run")),
    "Nothing is wrong; programs are not run.",
  );
});

test("no reason is said too", () => {
  assert.match(explain(t, why()), /^Nothing was held back/);
});

test("what courses allow is said, a sentence each, and nothing where they set no limit", () => {
  const limit = (message: string) => ({
    course: "Programming 1",
    assignment: null,
    ceiling: "hint" as const,
    until: null,
    message,
  });
  assert.equal(limitWords([]), undefined);
  assert.equal(
    limitWords([
      limit("the course Programming 1 allows up to a hint until 12:00"),
      limit("the course Programming 1 allows no help in the assignment search"),
    ]),
    "The course Programming 1 allows up to a hint until 12:00. " +
      "The course Programming 1 allows no help in the assignment search.",
  );
});
