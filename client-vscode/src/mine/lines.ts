/** A text as lines to be shown, with the place that was changed last. */

import type { Change, Moment } from "./playback";
import { t } from "./texts";
import { count } from "./words";

/** More lines than this are not shown at once. */
export const MOST_LINES = 400;
const LONGEST_QUOTE = 40;
const LINE_END = /\r\n|\r|\n/g;

/** One line: its number from 1, and its text before, in and after what was changed. */
export interface Line {
  number: number;
  before: string;
  changed: string;
  after: string;
  sign: "" | "+" | "−" | "±";
}

export interface Shown {
  lines: Line[];
  /** How many lines are not shown above and below. */
  above: number;
  below: number;
}

/** Return the lines of a text, those around the change if there are too many. */
export function shownLines(
  text: string,
  change: Change | undefined,
  near: number,
  most = MOST_LINES,
): Shown {
  const lines: Line[] = [];
  const start = change?.offset ?? -1;
  const end = change === undefined ? -1 : change.offset + change.inserted.length;
  let begin = 0;
  const add = (stop: number): void => {
    const isIn = change !== undefined && start <= stop && end >= begin;
    const from = isIn ? Math.max(begin, start) : stop;
    const to = isIn ? Math.min(stop, end) : stop;
    lines.push({
      number: lines.length + 1,
      before: text.slice(begin, from),
      changed: text.slice(from, to),
      after: text.slice(to, stop),
      sign: isIn ? signOf(change) : "",
    });
  };
  for (const { index, 0: lineEnd } of text.matchAll(LINE_END)) {
    add(index);
    begin = index + lineEnd.length;
  }
  add(text.length);
  const last = Math.max(0, lines.length - most);
  const first = Math.min(last, Math.max(0, near - 1 - Math.floor(most / 2)));
  return {
    lines: lines.slice(first, first + most),
    above: first,
    below: Math.max(0, lines.length - first - most),
  };
}

/** Return the line and column of an offset, both from 1; columns count UTF-16 units. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let begin = 0;
  for (const { index, 0: lineEnd } of text.slice(0, offset).matchAll(LINE_END)) {
    line += 1;
    begin = index + lineEnd.length;
  }
  return { line, column: offset - begin + 1 };
}

/** Return in words what happened in a step. */
export function wordsOf({ step, text, change }: Moment): string {
  switch (step.kind) {
    case "edit": {
      if (change === undefined || text === null) {
        return "";
      }
      const { line, column } = placeOf(text, change.offset);
      const place = t("line {0}, column {1}", line, column);
      return `${edited(change, step.origin)} (${place})`;
    }
    case "length": {
      const inserted = count(step.inserted, "character");
      const removed = count(step.removed, "character");
      return t("{0}: {1} came, {2} went", verb(step.origin), inserted, removed);
    }
    default:
      return step.words;
  }
}

function edited({ removed, inserted }: Change, origin: string): string {
  if (removed === "") {
    return `${verb(origin)} ${quoted(inserted)}`;
  }
  if (inserted === "") {
    return origin === "typed"
      ? t("removed {0}", quoted(removed))
      : t("{0}: {1} went", verb(origin), quoted(removed));
  }
  return t("{0}: {1} became {2}", verb(origin), quoted(removed), quoted(inserted));
}

function verb(origin: string): string {
  switch (origin) {
    case "typed":
      return t("typed");
    case "paste":
      return t("pasted");
    case "undo":
      return t("undid");
    case "redo":
      return t("did again");
    case "completion":
      return t("completed");
    case "assistant":
      return t("took from Foretrace");
    case "format":
      return t("formatted");
    case "external":
      return t("read from disk");
    default:
      return t("changed");
  }
}

function quoted(text: string): string {
  const shown = text.replace(LINE_END, "⏎");
  const letters = Array.from(shown);
  const isLong = letters.length > LONGEST_QUOTE;
  return `“${isLong ? `${letters.slice(0, LONGEST_QUOTE - 1).join("")}…` : shown}”`;
}

function signOf({ removed, inserted }: Change): Line["sign"] {
  if (removed !== "" && inserted !== "") {
    return "±";
  }
  return inserted === "" ? "−" : "+";
}
