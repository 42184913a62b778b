import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, cursorAfter, insertsInto } from "../src/textEdits";

const edit = (line: number, start: number, end: number, newText: string) => ({
  range: { start: { line, character: start }, end: { line, character: end } },
  newText,
});

test("edits are made at the places that they name, in any order", () => {
  const lines = ["if x = 1", "  print(x)"];
  const offsetAt = ({ line, character }: { line: number; character: number }) =>
    lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + character;
  const edits = [edit(0, 5, 6, "=="), edit(1, 10, 10, "  # done"), edit(0, 8, 8, ":")];
  assert.equal(applied(lines.join("\n"), edits, offsetAt), "if x == 1:\n  print(x)  # done");
});

test("only one insertion into the line at hand can show as ghost text", () => {
  assert.ok(insertsInto(3, [edit(3, 5, 5, ":")]));
  assert.ok(!insertsInto(2, [edit(3, 5, 5, ":")]));
  assert.ok(!insertsInto(3, [edit(3, 5, 6, ":")]));
  assert.ok(!insertsInto(3, [edit(3, 5, 5, ":"), edit(3, 7, 7, ")")]));
  assert.ok(!insertsInto(3, []));
});

test("the cursor goes after what is inserted where it stands, and stays otherwise", () => {
  const cursor = { line: 3, character: 5 };
  assert.deepEqual(cursorAfter(cursor, [edit(3, 5, 5, "return x")]), { line: 3, character: 13 });
  assert.deepEqual(cursorAfter(cursor, [edit(3, 5, 5, ":\r\n  pass")]), { line: 4, character: 6 });
  assert.equal(cursorAfter(cursor, [edit(3, 6, 6, ":")]), undefined);
  assert.equal(cursorAfter(cursor, [edit(3, 5, 6, ":")]), undefined);
  assert.equal(cursorAfter(cursor, []), undefined);
});
