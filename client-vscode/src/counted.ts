/** Numbers of things in words: one of them is told in the singular. */

import type { Translate } from "./translate";

export const THINGS = {
  character: ["1 character", "{0} characters"],
  day: ["1 day", "{0} days"],
  edit: ["1 edit", "{0} edits"],
  event: ["1 event", "{0} events"],
  file: ["1 file", "{0} files"],
  "later event": ["1 later event", "{0} later events"],
  line: ["1 line", "{0} lines"],
  "other file": ["1 other file", "{0} other files"],
  program: ["1 program", "{0} programs"],
  save: ["1 save", "{0} saves"],
  secret: ["1 secret", "{0} secrets"],
  session: ["1 session", "{0} sessions"],
  suggestion: ["1 suggestion", "{0} suggestions"],
  thing: ["1 thing", "{0} things"],
  time: ["1 time", "{0} times"],
} as const;

export type Thing = keyof typeof THINGS;

export function counted(t: Translate, count: number, thing: Thing, locale?: string): string {
  const [one, many] = THINGS[thing];
  return count === 1 ? t(one) : t(many, count.toLocaleString(locale));
}
