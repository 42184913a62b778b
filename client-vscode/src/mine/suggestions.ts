/** What was suggested and what became of it, and what somebody said that they are doing. */

import { activityWords } from "../activities";
import { levelWords } from "../levelWords";
import { LEVELS } from "../settings";
import { element, facts, nothing, table } from "./elements";
import { t } from "./texts";
import type { Answered, Became, Overview, Suggested } from "./told";
import { count, dateOf, fileName, moment, number } from "./words";

const STAGES = ["accepted", "dismissed", "superseded", "offered", "withheld"] as const;

export function suggestionsPage({ suggestions, intents, consent }: Overview): HTMLElement[] {
  const total = sum(suggestions.counts);
  const guessed = sum(intents.counts);
  if (total === 0 && guessed === 0) {
    return [
      nothing(
        t("No suggestion is recorded"),
        consent.recording
          ? t("When Foretrace offers something, it appears here with what became of it.")
          : t("What Foretrace offers is kept only where recording is allowed."),
      ),
    ];
  }
  return [...suggestionTable(suggestions, total), ...answerTable(intents)];
}

function suggestionTable(
  { counts, latest }: Overview["suggestions"],
  total: number,
): HTMLElement[] {
  if (total === 0) {
    return [];
  }
  const told = STAGES.map((stage) => [titleOf(stage), number(counts[stage] ?? 0)]);
  const caption =
    latest.length < total
      ? t("The latest {0} of {1}", number(latest.length), count(total, "suggestion"))
      : count(total, "suggestion");
  return [
    facts(Object.fromEntries(told) as Record<string, string>),
    table<Suggested>(
      caption,
      [
        { title: t("When"), cell: ({ wall_us: when }) => moment(dateOf(when)) },
        { title: t("Where"), cell: ({ document }) => fileName(document) },
        { title: t("Help"), cell: ({ level }) => helpWords(level) },
        { title: t("Size"), cell: sizeOf },
        { title: t("What became of it"), cell: becameWords, isWide: true },
      ],
      [{ items: latest }],
    ),
    element("p", { class: "quiet" }, t("The words of a suggestion are not kept.")),
  ];
}

function answerTable({ counts, latest }: Overview["intents"]): HTMLElement[] {
  const told = t(
    "Foretrace guessed {0} what you are doing; you confirmed {1} and corrected {2}.",
    count(counts.predicted ?? 0, "time"),
    number(counts.confirmed ?? 0),
    number(counts.corrected ?? 0),
  );
  return [
    element("h2", {}, t("What you are doing")),
    element("p", {}, told),
    ...(latest.length === 0
      ? []
      : [
          table<Answered>(
            t("What you said"),
            [
              { title: t("When"), cell: ({ wall_us: when }) => moment(dateOf(when)) },
              { title: t("Where"), cell: ({ document }) => fileName(document) },
              { title: t("You said"), cell: ({ label }) => activityWords(t, label) },
              { title: t("Foretrace thought"), cell: thoughtOf, isWide: true },
            ],
            [{ items: latest }],
          ),
        ]),
  ];
}

function thoughtOf({ stage, believed, label }: Answered): string {
  if (believed !== "") {
    return activityWords(t, believed);
  }
  return stage === "confirmed" ? activityWords(t, label) : t("something else");
}

function sizeOf({ inserted_characters: inserted, removed_characters: removed }: Suggested): string {
  return inserted === 0 && removed === 0
    ? t("words only")
    : t("+{0} −{1} characters", number(inserted), number(removed));
}

/** Return a level in words; what was recorded may name one that there is no more. */
function helpWords(level: string): string {
  const known = LEVELS.find((each) => each === level);
  return known === undefined ? level : levelWords(t, known);
}

function titleOf(stage: Became): string {
  switch (stage) {
    case "accepted":
      return t("Taken");
    case "dismissed":
      return t("Turned down");
    case "superseded":
      return t("Replaced");
    case "offered":
      return t("Left alone");
    case "withheld":
      return t("Held back");
  }
}

function becameWords({ became, silence }: Suggested): HTMLElement {
  const mark = { accepted: "✓", dismissed: "✕", superseded: "↻", offered: "○", withheld: "◌" }[became];
  return element(
    "span",
    { class: `became ${became}` },
    element("span", { class: "mark", "aria-hidden": "true" }, mark),
    longWords(became, silence),
  );
}

function longWords(became: Became, silence: string): string {
  switch (became) {
    case "accepted":
      return t("You took it");
    case "dismissed":
      return t("You turned it down");
    case "superseded":
      return t("It went when the text changed");
    case "offered":
      return t("Shown, and neither taken nor turned down");
    case "withheld":
      return t("Held back: {0}", silenceWords(silence));
  }
}

function silenceWords(silence: string): string {
  switch (silence) {
    case "snoozed":
      return t("suggestions were snoozed");
    case "rejected":
      return t("you had just turned one down");
    case "idle":
      return t("you were writing");
    case "unlikely":
      return t("you would probably not have taken it");
    default:
      return t("it is not known why");
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((before, each) => before + each, 0);
}
