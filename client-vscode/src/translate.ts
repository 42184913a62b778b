/** How modules that know nothing of VS Code come by a person's language. */

/** Return a text in that language, with values in the place of `{0}`, `{1}` and so on. */
export type Translate = (message: string, ...values: (string | number)[]) => string;
