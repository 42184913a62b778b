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

/** Return where the cursor belongs that stands where edits insert something: after that. */
export function cursorAfter(cursor: Position, edits: readonly TextEdit[]): Position | undefined {
  const [edit] = edits;
  if (edit === undefined || !insertsInto(cursor.line, edits)) {
    return undefined;
  }
  const { line, character } = edit.range.start;
  if (character !== cursor.character) {
    return undefined;
  }
  const lines = edit.newText.split(/\r\n|\r|\n/);
  const last = lines.at(-1) ?? "";
  return lines.length === 1
    ? { line, character: character + last.length }
    : { line: line + lines.length - 1, character: last.length };
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
