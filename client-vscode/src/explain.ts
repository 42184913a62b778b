/** Says in words why nothing was offered, and what courses and the machine allow. */

import type { Limit, Why } from "./protocol";
import type { Translate } from "./translate";

export function explain(t: Translate, { reasons }: Why): string {
  if (reasons.length === 0) {
    return t("Nothing was held back. A fix, if there is one, is under the light bulb.");
  }
  const sentence = reasons.map((reason) => reason.message).join("; ");
  return sentenceOf(sentence);
}

/** What courses and the machine allow now, a sentence each; undefined where none sets a limit. */
export function limitWords(limits: readonly Limit[]): string | undefined {
  const words = limits.map(({ message }) => sentenceOf(message)).join(" ");
  return words === "" ? undefined : words;
}

export function sentenceOf(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
