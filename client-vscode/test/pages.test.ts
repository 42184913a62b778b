import assert from "node:assert/strict";
import { test } from "node:test";
import { noticePage } from "../src/pages";

test("the notice becomes a page with a heading for each of its parts", () => {
  const notice =
    "It can record, here only.\n\nWhat      every edit,\n          and saves.\nHow to stop  `withdraw`, or\n          `pause`.\n";
  const page = noticePage(notice);
  assert.match(page, /^# What Foretrace records\n\nIt can record, here only\.\n/);
  assert.match(page, /\n\n\*\*What:\*\* every edit, and saves\.\n\n/);
  assert.match(page, /\n\n\*\*How to stop:\*\* `withdraw`, or `pause`\.\n\n/);
});
