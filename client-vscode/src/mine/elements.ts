/** Elements of the page. All text goes in as text: nothing that was recorded is ever markup. */

type Child = Node | string | undefined;

interface Attributes {
  class?: string;
  /** By this an element is found again when what it stands in is made anew. */
  key?: string;
  [name: string]: string | undefined;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) {
      made.setAttribute(name === "key" ? "data-key" : name, value);
    }
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export function button(
  text: string,
  press: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element("button", { type: "button", key: text, ...attributes }, text);
  made.addEventListener("click", press);
  return made;
}

/** Return a list to choose from, with its label. */
export function select(
  label: string,
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string | undefined,
  changed: (value: string) => void,
): HTMLElement {
  const options = choices.map(([value, text]) => element("option", { value }, text));
  const made = element("select", { key: label }, ...options);
  if (chosen !== undefined) {
    made.value = chosen;
  }
  made.addEventListener("change", () => {
    changed(made.value);
  });
  return element("label", {}, element("span", {}, label), made);
}

export interface Column<Item> {
  title: string;
  /** What stands in a row; the first column heads its row. */
  cell: (item: Item) => Child | Child[];
  isNumber?: boolean;
  /** Whether it takes the room that the others leave. */
  isWide?: boolean;
}

export interface Group<Item> {
  title?: string;
  items: readonly Item[];
}

/** Return a table with a caption, in groups that may have a title. */
export function table<Item>(
  caption: string,
  columns: readonly Column<Item>[],
  groups: readonly Group<Item>[],
): HTMLTableElement {
  const kind = ({ isNumber, isWide }: Column<Item>): Attributes =>
    isNumber ? { class: "number" } : isWide ? { class: "wide" } : {};
  const head = columns.map((column) =>
    element("th", { scope: "col", ...kind(column) }, column.title),
  );
  const row = (item: Item): HTMLTableRowElement => {
    const cells = columns.map((column, index) => {
      const children = [column.cell(item)].flat();
      return index === 0
        ? element("th", { scope: "row", ...kind(column) }, ...children)
        : element("td", kind(column), ...children);
    });
    return element("tr", {}, ...cells);
  };
  const bodies = groups.map(({ title, items }) => {
    const span = String(columns.length);
    const heading =
      title === undefined
        ? undefined
        : element(
            "tr",
            { class: "group" },
            element("th", { scope: "rowgroup", colspan: span }, title),
          );
    return element("tbody", {}, heading, ...items.map(row));
  });
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head)),
    ...bodies,
  );
}

/** Return terms and what is to be said of each. */
export function facts(all: Readonly<Record<string, Child>>): HTMLDListElement {
  const pairs = Object.entries(all).map(([term, value]) =>
    element("div", {}, element("dt", {}, term), element("dd", {}, value)),
  );
  return element("dl", { class: "facts" }, ...pairs);
}

/** Return what to say where there is nothing to be shown, and what can be done. */
export function nothing(heading: string, text: string, ...actions: Child[]): HTMLElement {
  return element(
    "div",
    { class: "nothing" },
    element("h2", {}, heading),
    element("p", {}, text),
    ...(actions.length > 0 ? [element("div", { class: "actions" }, ...actions)] : []),
  );
}

/** Put elements in the place of those that a part of the page has; focus stays where it was. */
export function fill(part: HTMLElement, ...children: Child[]): void {
  const focused = document.activeElement;
  const isInside = focused instanceof HTMLElement && part.contains(focused) && focused !== part;
  const key = isInside ? focused.dataset.key : undefined;
  part.replaceChildren(...children.filter((child) => child !== undefined));
  if (isInside) {
    const again = key === undefined ? null : part.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (again instanceof HTMLElement ? again : part).focus();
  }
}
