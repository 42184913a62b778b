/** Sessions by the days on which they were, and where they lie within a day. */

import type { SessionWork } from "./told";
import { dateOf } from "./words";

const DAY_MS = 24 * 60 * 60 * 1000;

export interface Day {
  /** Midnight, by the clock of this computer. */
  begin: Date;
  /** The sessions that began on it, the latest first. */
  sessions: SessionWork[];
  edits: number;
  /** When it was worked, those before midnight included: shares of the day, from 0 to 1. */
  spans: Span[];
}

export interface Span {
  from: number;
  to: number;
}

/** Return the days on which somebody worked, the latest first. */
export function byDay(sessions: readonly SessionWork[]): Day[] {
  const days = new Map<number, Day>();
  const dayOf = (date: Date): Day => {
    const begin = midnight(date);
    const found = days.get(begin.getTime()) ?? { begin, sessions: [], edits: 0, spans: [] };
    days.set(begin.getTime(), found);
    return found;
  };
  for (const session of sessions) {
    const start = dateOf(session.started_wall_us);
    const end = dateOf(Math.max(session.ended_wall_us, session.started_wall_us));
    const first = dayOf(start);
    first.sessions.unshift(session);
    first.edits += session.edits;
    let begin = first.begin;
    while (begin <= end) {
      dayOf(begin).spans.push({ from: shareOf(begin, start), to: shareOf(begin, end) });
      begin = midnight(new Date(begin.getTime() + 1.5 * DAY_MS));
    }
  }
  return [...days.values()].sort((one, other) => other.begin.getTime() - one.begin.getTime());
}

function midnight(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

/** Return where a moment lies in the day of a midnight; one outside of it lies at its edge. */
function shareOf(begin: Date, moment: Date): number {
  return Math.min(1, Math.max(0, (moment.getTime() - begin.getTime()) / DAY_MS));
}
