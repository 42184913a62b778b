/**
 * The text of a document at each step of a session.
 *
 * Steps are applied one after the other; a text is kept every so often, so that going back costs no
 * more than from there. Offsets and lengths count UTF-16 units, as strings do.
 */

import type { Row } from "./told";

const FEWEST_BETWEEN = 500;
const MOST_KEPT = 100;
/** Nobody waits for longer than this where nothing happened. */
const LONGEST_PAUSE_MS = 2000;

export type Step =
  | { kind: "text"; atMs: number; text: string | null; words: string }
  | { kind: "edit"; atMs: number; offset: number; removed: number; inserted: string; origin: string }
  | { kind: "length"; atMs: number; removed: number; inserted: number; origin: string }
  | { kind: "mark"; atMs: number; mark: string; words: string; failed: boolean };

/** What an edit did: at an offset one text gave way to another. */
export interface Change {
  offset: number;
  removed: string;
  inserted: string;
}

/** How things stand after a step; the text is null where it was not kept. */
export interface Moment {
  step: Step;
  text: string | null;
  change: Change | undefined;
}

export class Playback {
  readonly steps: readonly Step[];
  private readonly between: number;
  private readonly kept = new Map<number, string | null>();
  private index = -1;
  private text: string | null = null;

  /** `rows` are the steps as they came; there is one at least. */
  constructor(rows: readonly Row[]) {
    this.steps = rows.map(stepOf);
    this.between = Math.max(FEWEST_BETWEEN, Math.ceil(rows.length / MOST_KEPT));
  }

  get last(): number {
    return this.steps.length - 1;
  }

  /** Return how things stand after a step. */
  at(index: number): Moment {
    const step = this.steps[index];
    if (step === undefined) {
      throw new RangeError(`there is no step ${String(index)}`);
    }
    const before = this.textAfter(index - 1);
    const text = this.textAfter(index);
    const change =
      step.kind === "edit" && before !== null
        ? {
            offset: step.offset,
            removed: before.slice(step.offset, step.offset + step.removed),
            inserted: step.inserted,
          }
        : undefined;
    return { step, text, change };
  }

  /** Return the next step after one that is as wanted, undefined where there is none. */
  next(index: number, isWanted: (step: Step) => boolean): number | undefined {
    const found = this.steps.findIndex((step, at) => at > index && isWanted(step));
    return found < 0 ? undefined : found;
  }

  private textAfter(index: number): string | null {
    if (index < this.index) {
      this.index = Math.floor((index + 1) / this.between) * this.between - 1;
      while (this.index >= 0 && !this.kept.has(this.index)) {
        this.index -= this.between;
      }
      this.text = this.index < 0 ? null : (this.kept.get(this.index) ?? null);
    }
    while (this.index < index) {
      this.index += 1;
      this.text = applied(this.text, this.steps[this.index]);
      if ((this.index + 1) % this.between === 0) {
        this.kept.set(this.index, this.text);
      }
    }
    return this.text;
  }
}

/** Return the moment of each step when it is played, in milliseconds: long pauses are shortened. */
export function playedAtMs(steps: readonly Step[]): Float64Array {
  const times = new Float64Array(steps.length);
  let played = 0;
  for (let index = 1; index < steps.length; index += 1) {
    const pause = (steps[index]?.atMs ?? 0) - (steps[index - 1]?.atMs ?? 0);
    played += Math.min(LONGEST_PAUSE_MS, Math.max(0, pause));
    times[index] = played;
  }
  return times;
}

/** Return the last step that has been played at a moment; `times` go up. */
export function stepPlayedAt(times: Float64Array, moment: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= moment) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return Math.max(0, low - 1);
}

export function isRun(step: Step): boolean {
  return step.kind === "mark" && (step.mark === "run" || step.mark === "tests");
}

export function isFailure(step: Step): boolean {
  return isRun(step) && step.kind === "mark" && step.failed;
}

/**
 * Return the steps to be marked on a line that has room for so many: what is beside the text, and
 * where several lie in one place, what matters most.
 */
export function spacedOut(steps: readonly Step[], places: number): number[] {
  const chosen = new Map<number, number>();
  steps.forEach((step, index) => {
    const place = Math.floor((index / steps.length) * places);
    const before = steps[chosen.get(place) ?? -1];
    if (weightOf(step) > (before === undefined ? 0 : weightOf(before))) {
      chosen.set(place, index);
    }
  });
  return [...chosen.values()].sort((one, other) => one - other);
}

function weightOf(step: Step): number {
  if (isFailure(step)) {
    return 3;
  }
  if (isRun(step)) {
    return 2;
  }
  return step.kind === "mark" || step.kind === "text" ? 1 : 0;
}

function applied(text: string | null, step: Step | undefined): string | null {
  switch (step?.kind) {
    case "text":
      return step.text;
    case "edit":
      return text === null
        ? null
        : text.slice(0, step.offset) + step.inserted + text.slice(step.offset + step.removed);
    case "length":
      return null;
    default:
      return text;
  }
}

function stepOf(row: Row): Step {
  switch (row[0]) {
    case "text": {
      const [kind, atMs, text, words] = row;
      return { kind, atMs, text, words };
    }
    case "edit": {
      const [kind, atMs, offset, removed, inserted, origin] = row;
      return { kind, atMs, offset, removed, inserted, origin };
    }
    case "length": {
      const [kind, atMs, removed, inserted, origin] = row;
      return { kind, atMs, removed, inserted, origin };
    }
    case "mark": {
      const [kind, atMs, mark, words, failed] = row;
      return { kind, atMs, mark, words, failed };
    }
  }
}
