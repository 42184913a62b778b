import assert from "node:assert/strict";
import { test } from "node:test";
import { Playback, isFailure, isRun, playedAtMs, spacedOut, stepPlayedAt } from "../src/mine/playback";
import type { Row } from "../src/mine/told";

const edit = (atMs: number, offset: number, removed: number, inserted: string): Row => [
  "edit",
  atMs,
  offset,
  removed,
  inserted,
  "typed",
];

/** A text that is typed letter by letter, and now and then taken back. */
function typed(length: number): { rows: Row[]; texts: string[] } {
  const rows: Row[] = [["text", 0, "🙂\n", "opened"]];
  const texts = ["🙂\n"];
  let text = "🙂\n";
  for (let index = 1; index < length; index += 1) {
    const removed = index % 7 === 0 || text.length > 9000 ? 2 : 0;
    const inserted = removed > 0 ? "" : index % 5 === 0 ? "𝄞" : "ab";
    rows.push(edit(index * 100, text.length - removed, removed, inserted));
    text = text.slice(0, text.length - removed) + inserted;
    texts.push(text);
  }
  return { rows, texts };
}

test("steps are applied forward, backward and from the middle of nowhere", () => {
  const { rows, texts } = typed(3000);
  const playback = new Playback(rows);
  for (const index of [0, 2999, 1500, 1499, 1500, 501, 500, 499, 2, 0, 2998]) {
    assert.equal(playback.at(index).text, texts[index]);
  }
});

test("a step says what it did to the text, in UTF-16 units", () => {
  const playback = new Playback([["text", 0, "🙂🙂 = 1", "opened"], edit(5, 2, 2, "ß𝄞")]);
  const { text, change } = playback.at(1);
  assert.equal(text, "🙂ß𝄞 = 1");
  assert.deepEqual(change, { offset: 2, removed: "🙂", inserted: "ß𝄞" });
});

test("where the text was not kept there is none, until it is stated anew", () => {
  const playback = new Playback([
    ["text", 0, "a", "opened"],
    ["length", 1, 0, 4, "typed"],
    edit(2, 0, 0, "x"),
    ["text", 3, "whole", "stated"],
    ["mark", 4, "save", "saved", false],
  ]);
  assert.deepEqual(
    playback.steps.map((_, index) => playback.at(index).text),
    ["a", null, null, "whole", "whole"],
  );
  assert.equal(playback.at(2).change, undefined);
});

test("the next run and the next error are found, and none where there is none", () => {
  const playback = new Playback([
    ["text", 0, "", "opened"],
    ["mark", 1, "run", "ran", false],
    ["mark", 2, "problem", "odd", true],
    ["mark", 3, "tests", "tested: 0 passed, 1 failed", true],
  ]);
  assert.equal(playback.next(0, isRun), 1);
  assert.equal(playback.next(0, isFailure), 3);
  assert.equal(playback.next(3, isRun), undefined);
});

test("when it is played, long pauses are short and clocks do not run backward", () => {
  const { steps } = new Playback([
    ["text", 0, "", "opened"],
    edit(100, 0, 0, "a"),
    edit(3_600_000, 0, 0, "b"),
    edit(3_500_000, 0, 0, "c"),
  ]);
  const times = playedAtMs(steps);
  assert.deepEqual([...times], [0, 100, 2100, 2100]);
  assert.deepEqual(
    [0, 99, 100, 2099, 2100, 9999].map((moment) => stepPlayedAt(times, moment)),
    [0, 0, 1, 1, 3, 3],
  );
});

test("a hundred thousand steps lead to the right text from anywhere", () => {
  const { rows, texts } = typed(100_000);
  const playback = new Playback(JSON.parse(JSON.stringify(rows)) as Row[]);
  assert.equal(playback.at(playback.last).text, texts.at(-1));
  for (let jump = 0; jump < 200; jump += 1) {
    const index = (jump * 7919 * 13) % texts.length;
    assert.equal(playback.at(index).text, texts[index]);
  }
});

test("where marks would lie on each other, the one that matters most is there", () => {
  const { steps } = new Playback([
    ["text", 0, "", "opened"],
    edit(1, 0, 0, "a"),
    ["mark", 2, "save", "saved", false],
    ["mark", 3, "run", "ran: NameError", true],
    ["mark", 4, "run", "ran", false],
    edit(5, 0, 0, "a"),
  ]);
  assert.deepEqual(spacedOut(steps, 6), [0, 2, 3, 4]);
  assert.deepEqual(spacedOut(steps, 2), [0, 3]);
  assert.deepEqual(spacedOut(steps, 1), [3]);
});
