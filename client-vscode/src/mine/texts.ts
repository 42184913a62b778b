/** The texts of the page in a person's language, which the extension knows, and its numbers. */

let texts: Record<string, string> = {};
let chosen: string | undefined;

/** Take over the language, and the translations that there are. */
export function speak(locale: string, translations: Record<string, string>): void {
  chosen = locale;
  texts = translations;
}

/** The language in which numbers and times are told; undefined is the system's. */
export function locale(): string | undefined {
  return chosen;
}

/** Return a text in the person's language, with values in the place of `{0}`, `{1}` and so on. */
export function t(message: string, ...values: (string | number)[]): string {
  return (texts[message] ?? message).replace(/\{(\d)\}/g, (place, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? place : String(value);
  });
}
