/** Says in words why nothing was offered. */

import type { Why } from "./protocol";

export function explain({ reasons }: Why): string {
  if (reasons.length === 0) {
    return "Nothing was held back. A fix, if there is one, is under the light bulb.";
  }
  const sentence = reasons.map((reason) => reason.message).join("; ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
