/** Edits of a text, as the language server protocol has them. */

import type { Position, TextEdit } from "vscode-languageclient";

/** Return a text with edits made that do not overlap; `offsetAt` finds a position in it. */
export function applied(
  text: string,
  edits: readonly TextEdit[],
  offsetAt: (position: Position) => number,
): string {
  const places = edits
    .map(({ range, newText }) => ({
      start: offsetAt(range.start),
      end: offsetAt(range.end),
      newText,
    }))
    .sort((one, other) => other.start - one.start || other.end - one.end);
  return places.reduce(
    (changed, { start, end, newText }) => changed.slice(0, start) + newText + changed.slice(end),
    text,
  );
}

/** Return whether edits only insert something into one line: then they can show as ghost text. */
export function insertsInto(line: number, edits: readonly TextEdit[]): boolean {
  const [edit] = edits;
  if (edits.length !== 1 || edit === undefined) {
    return false;
  }
  const { start, end } = edit.range;
  return start.line === line && end.line === line && start.character === end.character;
}
