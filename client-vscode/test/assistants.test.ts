import assert from "node:assert/strict";
import { test } from "node:test";
import { assistantsAmong } from "../src/assistants";

test("other assistants are known by their extensions, in any case of letters", () => {
  assert.deepEqual(assistantsAmong(["Supermaven.supermaven", "ms-python.python"]), ["Supermaven"]);
});

test("an assistant of two extensions is named once", () => {
  const both = ["GitHub.copilot-chat", "GitHub.copilot", "Continue.continue"];
  assert.deepEqual(assistantsAmong(both), ["Continue", "GitHub Copilot"]);
});
