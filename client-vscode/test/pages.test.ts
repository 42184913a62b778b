import assert from "node:assert/strict";
import { test } from "node:test";
import { t } from "../src/mine/texts";
import { doctorPage, noticePage } from "../src/pages";

test("the notice becomes a page with a heading for each of its parts", () => {
  const notice =
    "It can record, here only.\n\nWhat      every edit,\n          and saves.\nHow to stop  `withdraw`, or\n          `pause`.\n";
  const page = noticePage(t, notice);
  assert.match(page, /^# What Foretrace records\n\nIt can record, here only\.\n/);
  assert.match(page, /\n\n\*\*What:\*\* every edit, and saves\.\n\n/);
  assert.match(page, /\n\n\*\*How to stop:\*\* `withdraw`, or `pause`\.\n\n/);
});

test("the doctor's page begins with what needs doing, and says so in words", () => {
  const fine = { name: "folder", ok: true, message: "/home/me/data" };
  const wrong = { name: "server", ok: false, message: "It does not run | try <again>." };
  const page = doctorPage(t, [fine, wrong]);
  assert.match(page, /^# How Foretrace is\n\n1 thing to look at:\n\n- \*\*server:\*\* It does not/);
  assert.match(page, /\n\| server \| \*\*look\*\* \| It does not run \\\| try \\<again>\. \|\n/);
  assert.match(doctorPage(t, [fine]), /\n\nEverything is in order\.\n\n\|/);
});

test("a long path in a cell can go on in the next line", () => {
  const found = (message: string) => doctorPage(t, [{ name: "folder", ok: true, message }]);
  assert.match(found("/home/me"), /\| \/<wbr>home\/<wbr>me \|/);
  assert.match(found("C:\\me"), /\| C:\\\\<wbr>me \|/);
});
