// Steps through the window of a replay that the page brought along; beyond it another page is asked
// for. Without this the links and the scrubber's button do the same, a page at a time.
"use strict";

(() => {
  const HIDDEN =
    /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e0fff}]/gu;
  const LINE_END = /\r\n|\n|\r/;
  const MOST_LINES = 1000;
  const MOST_LINE_CHARACTERS = 1000;

  const told = JSON.parse(document.getElementById("window").textContent);
  const scrubber = document.getElementById("step");
  const code = document.getElementById("code");
  const said = document.getElementById("said");
  const last = Number(scrubber.max);
  const texts = [told.text];
  document.getElementById("go").hidden = true;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /** The text after a step of the window, counted from 0; null where it is not known. */
  function textAfter(place) {
    for (let next = texts.length; next <= place + 1; next++) {
      const step = told.steps[next - 1];
      let text = texts[next - 1];
      if ("text" in step) text = step.text;
      else if ("at" in step && text !== null)
        text = text.slice(0, step.at) + step.inserted + text.slice(step.at + step.removed);
      texts.push(text);
    }
    return texts[place + 1];
  }

  function lineAt(text, offset) {
    return text.slice(0, offset).split(LINE_END).length;
  }

  function legible(into, text) {
    let end = 0;
    for (const found of text.matchAll(HIDDEN)) {
      into.append(text.slice(end, found.index));
      const number = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      into.append(element("span", "sign", `U+${number}`));
      end = found.index + found[0].length;
    }
    into.append(text.slice(end));
    return into;
  }

  function lineOf(number, line, isChanged) {
    const row = element("div", isChanged ? "line changed" : "line");
    const letters = [...line];
    const shown = element("code");
    shown.dir = "ltr";
    legible(shown, letters.slice(0, MOST_LINE_CHARACTERS).join(""));
    const beyond = letters.length - MOST_LINE_CHARACTERS;
    if (beyond > 0) shown.append(element("span", "cut", `… ${beyond.toLocaleString("en")} more`));
    row.append(element("span", "number", String(number)), shown);
    return row;
  }

  function draw(text, step) {
    code.replaceChildren();
    if (text === null) {
      code.append(element("p", "empty", "The text was not recorded."));
      return;
    }
    const lines = text.split(LINE_END);
    const isEdit = "at" in step;
    const first = isEdit ? lineAt(text, step.at) : 0;
    const end = isEdit ? lineAt(text, step.at + step.inserted.length) : -1;
    const middle = first - MOST_LINES / 2;
    const start = Math.max(0, Math.min(middle, lines.length - MOST_LINES));
    lines.slice(start, start + MOST_LINES).forEach((line, at) => {
      const number = start + at + 1;
      code.append(lineOf(number, line, first <= number && number <= end));
    });
    const leftOut = lines.length - Math.min(MOST_LINES, lines.length);
    if (leftOut > 0)
      code.append(element("p", "note", `${leftOut.toLocaleString("en")} more lines are not shown.`));
    code.querySelector(".changed")?.scrollIntoView({ block: "nearest" });
  }

  function address(number) {
    const query = new URLSearchParams(location.search);
    query.delete("event");
    query.set("document", scrubber.form.elements.document.value);
    query.set("step", String(number));
    return `?${query}`;
  }

  function go(number) {
    const place = number - told.first;
    if (place < 0 || place >= told.steps.length) {
      location.href = address(number);
      return;
    }
    const step = told.steps[place];
    const when = new Date(told.started_ms + told.offset_ms + step.ms);
    const where = `Step ${number.toLocaleString("en")} of ${last.toLocaleString("en")}`;
    draw(textAfter(place), step);
    scrubber.value = String(number);
    scrubber.setAttribute("aria-valuetext", `${where}: ${step.words}`);
    said.querySelector(".place").textContent = `${where}, ${when.toISOString().slice(11, 19)}:`;
    const words = element("bdi");
    legible(words, step.words.split(LINE_END).join(" "));
    said.querySelector(".words").replaceChildren(words);
    history.replaceState(null, "", address(number));
    link("back", Math.max(1, number - 1));
    link("next", Math.min(last, number + 1));
    const failed = told.failures.find((each) => each > number);
    const error = document.getElementById("error");
    error.hidden = failed === undefined;
    if (failed !== undefined) link("error", failed);
  }

  function link(id, number) {
    document.getElementById(id).setAttribute("href", address(number));
  }

  scrubber.addEventListener("input", () => go(Number(scrubber.value)));
  for (const id of ["first", "back", "next", "last", "error"]) {
    document.getElementById(id).addEventListener("click", (event) => {
      event.preventDefault();
      go(Number(new URLSearchParams(event.currentTarget.search).get("step")));
    });
  }
})();
