/** For how long suggestions can be snoozed, and how that is said. */

import type { Timing } from "./protocol";

/** Minutes, and null for until the server ends. */
export const SNOOZES = [5, 15, 60, null] as const;

/** Return what to say of snoozed suggestions; undefined where they are not. */
export function snoozedWords({ snoozed, snoozedUntil }: Timing, locale?: string): string | undefined {
  if (!snoozed) {
    return undefined;
  }
  if (snoozedUntil === null) {
    return "snoozed";
  }
  const time = new Date(snoozedUntil).toLocaleTimeString(locale, {
    hour: "2-digit",
    minute: "2-digit",
  });
  return `snoozed until ${time}`;
}
