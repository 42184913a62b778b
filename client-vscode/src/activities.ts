/**
 * What somebody who programs can be doing, as the server calls it.
 *
 * Mirrors `Activity` of models/foretrace_models/intent/activities.py.
 */

import type { Translate } from "./translate";

export const ACTIVITIES = [
  "writing new code",
  "changing existing code",
  "fixing a failure",
  "running and testing",
  "reading or thinking",
  "writing comments",
  "asking an assistant for code",
  "looking at a suggestion",
] as const;

const LONGEST_TEXT = 48;
/** How each statement of the server begins. */
const BEGINNING = "You seem to be ";

/** Return an activity in a person's language; what was recorded may name one that there is no more. */
export function activityWords(t: Translate, activity: string): string {
  const known = ACTIVITIES.find((each) => each === activity);
  return known === undefined ? activity : t(known);
}


/** Return a statement about a person in the few words that a status bar has room for. */
export function shortened(t: Translate, statement: string): string {
  const beginning = t(BEGINNING);
  const rest = statement.startsWith(beginning) ? statement.slice(beginning.length) : statement;
  const text = rest.replace(/\.$/, "");
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1).trimEnd()}…`;
}
