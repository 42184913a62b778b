/** The notice, taken apart for what shows it: a person consents to its words, so they are not told anew. */

/** A part of the notice; the first is what all of it is about, and has no heading. */
export interface NoticePart {
  heading: string | undefined;
  text: string;
}

/**
 * Return the parts of the notice.
 *
 * It comes as plain text: paragraphs, and lines that begin with a heading, two spaces and text,
 * which goes on in the indented lines after it.
 */
export function noticeParts(notice: string): NoticePart[] {
  const parts: NoticePart[] = [];
  for (const line of notice.split("\n")) {
    const [, heading, text] = /^(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
    const last = parts.at(-1);
    if (heading !== undefined && text !== undefined) {
      parts.push({ heading, text });
    } else if (/^\s+\S/.test(line) && last !== undefined) {
      last.text += ` ${line.trim()}`;
    } else if (line.trim() !== "") {
      parts.push({ heading: undefined, text: line });
    }
  }
  return parts;
}
