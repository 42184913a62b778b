/** What comes by itself at each level of help, in words. */

import type { Level } from "./settings";
import type { Translate } from "./translate";

export function levelWords(t: Translate, level: Level): string {
  switch (level) {
    case "off":
      return t("no help");
    case "nudge":
      return t("where to look");
    case "hint":
      return t("what is wrong");
    case "step":
      return t("the next step");
    case "fix":
      return t("the whole fix");
  }
}
