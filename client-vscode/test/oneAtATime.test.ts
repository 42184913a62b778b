import assert from "node:assert/strict";
import { test } from "node:test";
import { oneAtATime } from "../src/oneAtATime";

/** A task whose runs end when they are told to. */
class Task {
  running = 0;
  started = 0;
  private readonly ends: (() => void)[] = [];

  readonly run = async (): Promise<void> => {
    assert.equal(this.running, 0, "two runs overlap");
    this.started += 1;
    this.running += 1;
    await new Promise<void>((resolve) => this.ends.push(resolve));
    this.running -= 1;
  };

  end(): void {
    this.ends.shift()?.();
  }
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("calls during a run lead to one run after it", async () => {
  const task = new Task();
  const run = oneAtATime(task.run);
  const first = run();
  await soon();
  const others = [run(), run(), run()];
  await soon();
  assert.equal(task.started, 1);

  task.end();
  await first;
  await soon();
  assert.equal(task.started, 2);

  task.end();
  await Promise.all(others);
  await soon();
  assert.equal(task.started, 2);
});

test("a call after the last run leads to another", async () => {
  const task = new Task();
  const run = oneAtATime(task.run);
  for (const times of [1, 2]) {
    const done = run();
    await soon();
    task.end();
    await done;
    assert.equal(task.started, times);
  }
});

test("a run that fails tells its caller and does not stop the next", async () => {
  const results = [Promise.reject(new Error("no")), Promise.resolve()];
  const run = oneAtATime(() => results.shift() ?? Promise.resolve());
  const first = run();
  await assert.rejects(first, /no/);
  await run();
  assert.equal(results.length, 0);
});
