import assert from "node:assert/strict";
import { test } from "node:test";
import { byDay } from "../src/mine/days";
import type { SessionWork } from "../src/mine/told";

const us = (...at: [number, number, number, number, number]): number =>
  new Date(...at).getTime() * 1000;

const session = (name: string, start: number, end: number, edits = 1): SessionWork => ({
  name,
  started_wall_us: start,
  ended_wall_us: end,
  editor: "",
  events: edits,
  edits,
  saves: 0,
  runs: 0,
  failed_runs: 0,
  tests: 0,
  failed_tests: 0,
  erased: 0,
  documents: [],
});

test("sessions are told by the days on which they began, the latest first", () => {
  const days = byDay([
    session("one", us(2026, 10, 25, 9, 0), us(2026, 10, 25, 10, 0), 5),
    session("two", us(2026, 10, 26, 9, 0), us(2026, 10, 26, 10, 0), 2),
    session("three", us(2026, 10, 26, 12, 0), us(2026, 10, 26, 18, 0), 3),
  ]);
  assert.deepEqual(
    days.map(({ sessions, edits }) => [sessions.map(({ name }) => name), edits]),
    [
      [["three", "two"], 5],
      [["one"], 5],
    ],
  );
  assert.deepEqual(days[0]?.spans, [
    { from: 9 / 24, to: 10 / 24 },
    { from: 0.5, to: 0.75 },
  ]);
});

test("work after midnight stands in the picture of the next day", () => {
  const [next, first] = byDay([session("late", us(2026, 10, 25, 18, 0), us(2026, 10, 26, 6, 0))]);
  assert.ok(first !== undefined && next !== undefined);
  assert.deepEqual(first.spans, [{ from: 0.75, to: 1 }]);
  assert.deepEqual(next.spans, [{ from: 0, to: 0.25 }]);
  assert.deepEqual([first.sessions.length, next.sessions.length], [1, 0]);
});

test("a session that a clock had end before it began lies where it began", () => {
  const [day] = byDay([session("odd", us(2026, 10, 25, 12, 0), us(2026, 10, 24, 12, 0))]);
  assert.deepEqual(day?.spans, [{ from: 0.5, to: 0.5 }]);
});
