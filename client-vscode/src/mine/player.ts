/** One document of a session on the page: its text at each step, and what happened beside it. */

import { CodeView } from "./codeView";
import { button, element, select } from "./elements";
import { wordsOf } from "./lines";
import {
  Playback,
  type Step,
  isFailure,
  isRun,
  playedAtMs,
  spacedOut,
  stepPlayedAt,
} from "./playback";
import { t } from "./texts";
import type { Recording, Row } from "./told";
import { count, dateOf, number, timeWithSeconds } from "./words";

const SPEEDS = [1, 2, 5, 20, 100];
const MOST_MARKS = 60;
const MOST_MOMENTS = 200;
/** Who wants little motion sees a step no more often than this. */
const CALM_MS = 700;

export class Player {
  readonly root: HTMLElement;
  index = 0;
  private readonly playback: Playback;
  private readonly times: Float64Array;
  private readonly view = new CodeView();
  private readonly range: HTMLInputElement;
  private readonly words = element("p", { class: "step" });
  private readonly playing: HTMLButtonElement;
  private frame: number | undefined;
  private speed = 5;

  /** `say` tells somebody who cannot see it what changed. */
  constructor(
    private readonly recording: Recording,
    private readonly say: (words: string) => void,
  ) {
    this.playback = new Playback(JSON.parse(recording.steps) as Row[]);
    this.times = playedAtMs(this.playback.steps);
    this.range = element("input", {
      type: "range",
      min: "0",
      max: String(this.last),
      step: "1",
      key: "range",
      "aria-label": t("Step"),
    });
    this.range.addEventListener("input", () => {
      this.pause();
      this.go(Number(this.range.value));
    });
    this.playing = button(t("Play"), () => {
      this.toggle();
    });
    this.root = element(
      "div",
      { class: "player" },
      this.controls(),
      element("div", { class: "scrubber" }, this.marks(), this.range),
      this.words,
      this.view.root,
      this.proof(),
      this.moments(),
    );
  }

  get last(): number {
    return this.playback.last;
  }

  /** Show how things stood after a step. */
  go(index: number): void {
    this.index = Math.min(this.last, Math.max(0, index));
    const found = this.playback.at(this.index);
    const { step } = found;
    const when = timeWithSeconds(this.dateOf(step));
    const place = t("Step {0} of {1}", number(this.index + 1), number(this.last + 1));
    const words = wordsOf(found);
    this.range.value = String(this.index);
    this.range.setAttribute("aria-valuetext", `${place}, ${when}, ${words}`);
    this.words.replaceChildren(
      element("span", { class: "place" }, place),
      element("span", { class: "when" }, when),
      element("span", { class: "what" }, words),
    );
    this.view.show(found);
  }

  pause(): void {
    if (this.frame !== undefined) {
      cancelAnimationFrame(this.frame);
      this.frame = undefined;
      this.playing.textContent = t("Play");
    }
  }

  private toggle(): void {
    if (this.frame !== undefined) {
      this.pause();
      this.say(t("Paused at step {0} of {1}", number(this.index + 1), number(this.last + 1)));
      return;
    }
    if (this.index === this.last) {
      this.go(0);
    }
    this.playing.textContent = t("Pause");
    this.say(t("Playing"));
    this.run();
  }

  private run(): void {
    let played = this.times[this.index] ?? 0;
    let before: number | undefined;
    let shownAt = 0;
    const tick = (now: number): void => {
      played += (now - (before ?? now)) * this.speed;
      before = now;
      const index = stepPlayedAt(this.times, played);
      if (index !== this.index && now - shownAt >= (wantsCalm() ? CALM_MS : 0)) {
        shownAt = now;
        this.go(index);
      }
      if (this.index === this.last) {
        this.pause();
        this.say(t("At the end"));
      } else {
        this.frame = requestAnimationFrame(tick);
      }
    };
    this.frame = requestAnimationFrame(tick);
  }

  private controls(): HTMLElement {
    const step = (by: number): void => {
      this.pause();
      this.go(this.index + by);
      this.say(this.range.getAttribute("aria-valuetext") ?? "");
    };
    const speed = select(
      t("Speed"),
      SPEEDS.map((each) => [String(each), `${String(each)}×`]),
      String(this.speed),
      (chosen) => {
        this.speed = Number(chosen);
        if (this.frame !== undefined) {
          cancelAnimationFrame(this.frame);
          this.run();
        }
      },
    );
    const way = (text: string, press: () => void): HTMLElement =>
      button(text, press, { class: "secondary" });
    return element(
      "div",
      { class: "controls" },
      this.playing,
      way(t("Step Back"), () => {
        step(-1);
      }),
      way(t("Step Forward"), () => {
        step(1);
      }),
      way(t("Next Run"), () => {
        this.jump(isRun, t("There is no later run."));
      }),
      way(t("Next Error"), () => {
        this.jump(isFailure, t("There is no later error."));
      }),
      speed,
    );
  }

  private jump(isWanted: (step: Step) => boolean, otherwise: string): void {
    this.pause();
    const found = this.playback.next(this.index, isWanted);
    if (found !== undefined) {
      this.go(found);
    }
    this.say(found === undefined ? otherwise : (this.range.getAttribute("aria-valuetext") ?? ""));
  }

  /** Marks above the scrubber; the moments below are the same for whoever cannot see them. */
  private marks(): HTMLElement {
    const marks = spacedOut(this.playback.steps, MOST_MARKS).map((index) => {
      const step = this.playback.steps[index];
      const mark = step && element("span", { class: markClass(step) }, signOf(step));
      mark?.style.setProperty("left", `${String(this.last === 0 ? 0 : (index / this.last) * 100)}%`);
      return mark;
    });
    return element("div", { class: "marks", "aria-hidden": "true" }, ...marks);
  }

  private moments(): HTMLElement {
    const all = this.playback.steps.flatMap((step, index): [number, Step][] =>
      step.kind === "mark" || step.kind === "text" ? [[index, step]] : [],
    );
    const rows = all.slice(0, MOST_MOMENTS).map(([index, step]) => {
      const words = "words" in step ? step.words : "";
      const way = button(
        timeWithSeconds(this.dateOf(step)),
        () => {
          this.pause();
          this.go(index);
        },
        { class: "link", key: `moment ${String(index)}` },
      );
      const sign = element("span", { class: markClass(step), "aria-hidden": "true" }, signOf(step));
      return element("li", {}, sign, way, element("span", {}, words));
    });
    const rest = all.length - rows.length;
    return element(
      "details",
      { class: "moments", open: "" },
      element("summary", { key: "moments" }, t("Moments: {0}", number(all.length))),
      element("ol", {}, ...rows),
      rest > 0 ? element("p", {}, t("{0} more are not listed.", number(rest))) : undefined,
    );
  }

  private proof(): HTMLElement {
    const { exact, saves_checked: saves, redactions, problems } = this.recording;
    const withoutText = this.playback.steps.some(({ kind }) => kind === "length");
    const checked = saves > 0 ? ` ${t("{0} proved it.", count(saves, "save"))}` : "";
    const hidden =
      redactions > 0 ? ` ${t("Placeholders stand for {0}.", count(redactions, "secret"))}` : "";
    if (!exact) {
      const heading = t("Replay is not exact:");
      const items = problems.map((problem) => element("li", {}, problem));
      return element("div", { class: "proof" }, heading, element("ul", {}, ...items));
    }
    const known = withoutText
      ? t("Where the text was not kept, only lengths are shown.")
      : t("This is exactly what was recorded.") + checked;
    return element("p", { class: "proof" }, known + hidden);
  }

  private dateOf(step: Step): Date {
    return dateOf(this.recording.started_wall_us + step.atMs * 1000);
  }
}

function wantsCalm(): boolean {
  return (
    document.body.classList.contains("vscode-reduce-motion") ||
    matchMedia("(prefers-reduced-motion: reduce)").matches
  );
}

function markClass(step: Step): string {
  return `mark ${isFailure(step) ? "failed" : step.kind === "mark" ? step.mark : "stated"}`;
}

function signOf(step: Step): string {
  if (step.kind !== "mark") {
    return "◆";
  }
  if (isRun(step)) {
    return step.failed ? "✕" : "✓";
  }
  switch (step.mark) {
    case "save":
      return "▾";
    case "suggestion":
      return "◎";
    default:
      return "•";
  }
}
