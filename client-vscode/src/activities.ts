/**
 * What somebody who programs can be doing, as the server calls it.
 *
 * Mirrors `Activity` of models/foretrace_models/intent/activities.py.
 */

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

/** Return a statement about a person in the few words that a status bar has room for. */
export function shortened(statement: string): string {
  const text = statement.replace(/^You seem to be /, "").replace(/\.$/, "");
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1).trimEnd()}…`;
}
