/** For how long suggestions can be snoozed, and how that is said. */

import type { Timing } from "./protocol";
import type { Translate } from "./translate";

/** Minutes, and null for until the server ends. */
export const SNOOZES = [5, 15, 60, null] as const;

/** Return what to say of snoozed suggestions; undefined where they are not. */
export function snoozedWords(
  t: Translate,
  { snoozed, snoozedUntil }: Timing,
  locale: string,
): string | undefined {
  if (!snoozed) {
    return undefined;
  }
  if (snoozedUntil === null) {
    return t("snoozed");
  }
  const time = new Date(snoozedUntil).toLocaleTimeString(locale, {
    hour: "2-digit",
    minute: "2-digit",
  });
  return t("snoozed until {0}", time);
}
