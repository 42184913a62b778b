/** Tabs, by the pattern of ARIA: arrow keys, Home and End go from one to the next and show it. */

import { element } from "./elements";

export interface Tab {
  name: string;
  title: string;
  panel: HTMLElement;
}

export class Tabs {
  readonly list: HTMLElement;
  private readonly buttons: HTMLButtonElement[];

  /** `shown` is called with the name of each tab that comes to the front. */
  constructor(
    private readonly tabs: readonly Tab[],
    label: string,
    private readonly shown: (name: string) => void,
  ) {
    this.buttons = tabs.map(({ name, title, panel }, index) => {
      const button = element(
        "button",
        { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` },
        title,
      );
      panel.id = `panel-${name}`;
      panel.tabIndex = 0;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      button.addEventListener("click", () => {
        this.show(name);
      });
      button.addEventListener("keydown", (event) => {
        this.pressed(event, index);
      });
      return button;
    });
    this.list = element("div", { role: "tablist", "aria-label": label }, ...this.buttons);
  }

  show(name: string): void {
    this.tabs.forEach((tab, index) => {
      const isShown = tab.name === name;
      const button = this.buttons[index];
      button?.setAttribute("aria-selected", String(isShown));
      button?.setAttribute("tabindex", isShown ? "0" : "-1");
      tab.panel.hidden = !isShown;
    });
    this.shown(name);
  }

  private pressed(event: KeyboardEvent, index: number): void {
    const last = this.tabs.length - 1;
    const places: Record<string, number> = {
      ArrowRight: index === last ? 0 : index + 1,
      ArrowLeft: index === 0 ? last : index - 1,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    const tab = place === undefined ? undefined : this.tabs[place];
    if (tab !== undefined && place !== undefined) {
      event.preventDefault();
      this.show(tab.name);
      this.buttons[place]?.focus();
    }
  }
}
