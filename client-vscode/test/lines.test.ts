import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf, shownLines, wordsOf } from "../src/mine/lines";
import type { Change } from "../src/mine/playback";

const marked = (text: string, change?: Change, most?: number): string[] =>
  shownLines(text, change, change === undefined ? 1 : placeOf(text, change.offset).line, most).lines.map(
    ({ number, sign, before, changed, after }) =>
      `${String(number)}${sign} ${before}[${changed}]${after}`,
  );

test("lines have their numbers, and end as a language server's do", () => {
  assert.deepEqual(marked("a\r\nb\rc\n"), ["1 a[]", "2 b[]", "3 c[]", "4 []"]);
});

test("what came is marked, over several lines too", () => {
  const text = "x = 1\ny = 2\nz";
  const change = { offset: 4, removed: "", inserted: "1\ny =" };
  assert.deepEqual(marked(text, change), ["1+ x = [1]", "2+ [y =] 2", "3 z[]"]);
});

test("what went leaves a mark in its place, and what became another thing a sign of its own", () => {
  assert.deepEqual(marked("ab\nc", { offset: 1, removed: "x", inserted: "" }), [
    "1− a[]b",
    "2 c[]",
  ]);
  assert.deepEqual(marked("ab\nc", { offset: 0, removed: "x", inserted: "a" }), [
    "1± [a]b",
    "2 c[]",
  ]);
});

test("of a long text the lines around the change are shown, and it is said how many are not", () => {
  const text = Array.from({ length: 100 }, (_, index) => String(index)).join("\n");
  const near = (line: number) => {
    const { lines, above, below } = shownLines(text, undefined, line, 10);
    assert.equal(lines.length, 10);
    return [above, lines[0]?.number, below];
  };
  assert.deepEqual(near(1), [0, 1, 90]);
  assert.deepEqual(near(50), [44, 45, 46]);
  assert.deepEqual(near(100), [90, 91, 0]);
});

test("a place is a line and a column, in UTF-16 units", () => {
  assert.deepEqual(placeOf("a\n🙂b", 4), { line: 2, column: 3 });
  assert.deepEqual(placeOf("", 0), { line: 1, column: 1 });
});

test("a step is told in words", () => {
  const told = (removed: string, inserted: string, origin = "typed") =>
    wordsOf({
      step: { kind: "edit", atMs: 0, offset: 2, removed: 0, inserted, origin },
      text: "a\nbc",
      change: { offset: 2, removed, inserted },
    });
  assert.equal(told("", "b"), "typed “b” (line 2, column 1)");
  assert.equal(told("x", ""), "removed “x” (line 2, column 1)");
  assert.equal(told("x\ny", "", "undo"), "undid: “x⏎y” went (line 2, column 1)");
  assert.equal(told("x", "b", "paste"), "pasted: “x” became “b” (line 2, column 1)");
  const long = told("", "🙂".repeat(60));
  assert.match(long, /^typed “(🙂){39}…” /u);
  const step = { kind: "length", atMs: 0, removed: 1, inserted: 4, origin: "unknown" } as const;
  assert.equal(
    wordsOf({ step, text: null, change: undefined }),
    "changed: 4 characters came, 1 character went",
  );
});
