/** A text as it stood at one moment, line by line, with the place that was changed last. */

import { element } from "./elements";
import { type Line, placeOf, shownLines } from "./lines";
import type { Moment } from "./playback";
import { t } from "./texts";
import { count } from "./words";

export class CodeView {
  readonly root: HTMLElement;
  private readonly above = element("p", { class: "left-out" });
  private readonly below = element("p", { class: "left-out" });
  private readonly list = element("div", { class: "lines" });
  private readonly rows: CodeRow[] = [];

  constructor() {
    const label = t("The text at this moment");
    this.root = element(
      "div",
      { class: "code", role: "region", "aria-label": label, tabindex: "0" },
      this.above,
      this.list,
      this.below,
    );
  }

  /** Show a text and bring the change into view; without a text say that there is none. */
  show({ text, change }: Moment): void {
    const near = text === null || change === undefined ? 1 : placeOf(text, change.offset).line;
    const { lines, above, below } =
      text === null ? { lines: [], above: 0, below: 0 } : shownLines(text, change, near);
    const isUnknown = text === null;
    this.above.hidden = !isUnknown && above === 0;
    this.above.textContent = isUnknown
      ? t("The text was not kept: only when and how much was edited.")
      : t("{0} above are not shown.", count(above, "line"));
    this.below.hidden = below === 0;
    this.below.textContent = t("{0} below are not shown.", count(below, "line"));
    lines.forEach((line, index) => {
      this.rowAt(index).show(line);
    });
    for (const row of this.rows.splice(lines.length)) {
      row.root.remove();
    }
    this.reveal(lines.findIndex(({ sign }) => sign !== ""));
  }

  private rowAt(index: number): CodeRow {
    const found = this.rows[index];
    if (found !== undefined) {
      return found;
    }
    const made = new CodeRow();
    this.rows.push(made);
    this.list.append(made.root);
    return made;
  }

  private reveal(index: number): void {
    const row = this.rows[index]?.root;
    if (row === undefined) {
      return;
    }
    const { root } = this;
    const top = row.offsetTop; // within the root, which is positioned
    const isInView =
      top >= root.scrollTop && top + row.offsetHeight <= root.scrollTop + root.clientHeight;
    if (!isInView) {
      root.scrollTop = top - root.clientHeight / 3;
    }
  }
}

/** The elements of a line, which are used again for that of the next text. */
class CodeRow {
  readonly root: HTMLElement;
  private readonly number = element("span", { class: "number", "aria-hidden": "true" });
  private readonly sign = element("span", { class: "sign", "aria-hidden": "true" });
  private readonly code = element("code");
  private shown: Line | undefined;

  constructor() {
    this.root = element("div", { class: "line" }, this.number, this.sign, this.code);
  }

  show(line: Line): void {
    if (this.shown !== undefined && isSame(this.shown, line)) {
      return;
    }
    this.shown = line;
    this.root.classList.toggle("changed", line.sign !== "");
    this.number.textContent = String(line.number);
    this.sign.textContent = line.sign;
    if (line.sign === "") {
      this.code.textContent = line.before + line.changed + line.after;
    } else {
      const mark = element("mark", { class: line.changed === "" ? "gap" : "text" }, line.changed);
      this.code.replaceChildren(line.before, mark, line.after);
    }
  }
}

function isSame(one: Line, other: Line): boolean {
  return (
    one.sign === other.sign &&
    one.number === other.number &&
    one.before === other.before &&
    one.changed === other.changed &&
    one.after === other.after
  );
}
