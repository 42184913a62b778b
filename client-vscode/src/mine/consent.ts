/** What was decided about recording, where what is kept lies, and what left or went. */

import { button, element, facts, table } from "./elements";
import type { Command } from "./messages";
import { t } from "./texts";
import type { Decision, Erased, Exported, Overview } from "./told";
import { count, day, dateOf, moment, number, size } from "./words";

type Numbered = [number, Decision | null];

export function consentPage(overview: Overview, run: (command: Command) => void): HTMLElement[] {
  return [
    element("h2", {}, t("What holds now")),
    holdsNow(overview),
    element("div", { class: "actions" }, ...ways(overview, run)),
    ...decisionTable(overview.decisions),
    ...places(overview),
    ...exportTable(overview.exports),
    ...erasureTable(overview.erasures),
    element("h2", {}, t("In memory only")),
    element(
      "p",
      {},
      t(
        "For help Foretrace holds the texts of your open files, the last 200 things that happened " +
          "in them, and which fixes you turned down. That ends with the editor, whatever you decided.",
      ),
    ),
  ];
}

function holdsNow({ consent }: Overview): HTMLElement {
  const ends = consent.expires_at === null ? "–" : day(new Date(consent.expires_at));
  return facts({
    [t("Recording")]: consent.recording
      ? t("on")
      : consent.paused
        ? t("paused")
        : t("off: {0}", consent.reason),
    [t("What is kept")]: contentWords(consent.content),
    [t("Permission ends")]: ends,
    [t("May be used for")]: consent.scopes.map(scopeWords).join(", ") || t("nothing"),
    [t("Kept for")]:
      consent.keep_days === null
        ? t("until you forget it")
        : count(consent.keep_days, "day"),
  });
}

function ways({ consent }: Overview, run: (command: Command) => void): HTMLElement[] {
  const way = (text: string, command: Command): HTMLElement =>
    button(
      text,
      () => {
        run(command);
      },
      { class: "secondary" },
    );
  return [
    way(t("Choose What Is Recorded"), "chooseConsent"),
    ...(consent.content === null ? [] : [way(t("Withdraw the Permission"), "withdrawConsent")]),
    way(t("Read What Is Recorded"), "readNotice"),
  ];
}

function decisionTable(decisions: Overview["decisions"]): HTMLElement[] {
  if (decisions.length === 0) {
    return [element("h2", {}, t("Decisions")), element("p", {}, t("Nobody decided anything yet."))];
  }
  const numbered = decisions.map((decision, index): Numbered => [index + 1, decision]).reverse();
  return [
    table<Numbered>(
      t("Every decision, the latest first"),
      [
        { title: t("When"), cell: ([line, decision]) => whenDecided(line, decision) },
        { title: t("What"), cell: ([, decision]) => actionWords(decision) },
        { title: t("Where"), cell: ([, decision]) => decision?.decided_by ?? "" },
        { title: t("For"), cell: ([, decision]) => scopesOf(decision), isWide: true },
        { title: t("Until"), cell: ([, decision]) => untilWords(decision) },
      ],
      [{ items: numbered }],
    ),
  ];
}

function whenDecided(line: number, decision: Decision | null): string {
  return decision === null
    ? t("line {0} of the log", line)
    : moment(new Date(decision.decided_at));
}

function actionWords(decision: Decision | null): string {
  switch (decision?.action) {
    case undefined:
      return t("cannot be read, and allows nothing");
    case "grant":
      return t("allowed recording {0}", decision.content === "full" ? t("with text") : t("without text"));
    case "decline":
      return t("declined");
    case "withdraw":
      return t("withdrew the permission");
    case "pause":
      return t("paused");
    case "resume":
      return t("went on");
  }
}

function scopesOf(decision: Decision | null): string {
  return (decision?.scopes ?? []).map(scopeWords).join(", ");
}

function untilWords(decision: Decision | null): string {
  return decision?.expires_at === undefined ? "" : moment(new Date(decision.expires_at));
}

function scopeWords(scope: string): string {
  switch (scope) {
    case "local":
      return t("help on this computer");
    case "own-model":
      return t("a model of your own");
    case "remote-model":
      return t("a model elsewhere");
    case "instructor":
      return t("an instructor");
    case "research":
      return t("research");
    case "terminal-text":
      return t("text of terminals");
    default:
      return scope;
  }
}

function contentWords(content: Overview["consent"]["content"]): string {
  switch (content) {
    case "full":
      return t("when, how much and the text");
    case "metadata":
      return t("when and how much, never the text");
    case null:
      return t("nothing");
  }
}

function places({ files, folder, derived, imported_sessions: imported }: Overview): HTMLElement[] {
  const heading = element("h2", {}, t("Where it lies"));
  if (files.length === 0) {
    return [heading, element("p", {}, t("Nothing of yours is on this computer's disk."))];
  }
  const where = element("p", {}, t("In this folder, which only your account can read:"), " ");
  where.append(element("code", {}, folder));
  const made = derived.map(({ kind, bytes, sessions }) =>
    t("A {0} ({1}) was made of {2}.", kind, size(bytes), count(sessions, "session")),
  );
  const others =
    imported === 0 ? [] : [t("{0} of others were imported; they are not shown here.", count(imported, "session"))];
  return [
    heading,
    where,
    table<Overview["files"][number]>(
      t("Files"),
      [
        { title: t("File"), cell: ({ name }) => element("code", {}, name) },
        { title: t("Holds"), cell: ({ name }) => holdsWords(name), isWide: true },
        { title: t("Size"), cell: ({ bytes }) => size(bytes), isNumber: true },
      ],
      [{ items: files }],
    ),
    ...[...made, ...others].map((words) => element("p", {}, words)),
  ];
}

function holdsWords(name: string): string {
  if (name === "consent.jsonl") {
    return t("your decisions");
  }
  if (name.startsWith("damaged-")) {
    return t("a database that was damaged and set aside");
  }
  return name === "traces.db" ? t("what was recorded") : t("what belongs to it while it is in use");
}

function exportTable(exports: readonly Exported[]): HTMLElement[] {
  if (exports.length === 0) {
    return [element("h2", {}, t("What left")), element("p", {}, t("Nothing of it was ever exported."))];
  }
  return [
    table<Exported>(
      t("Exports that may still have some of it"),
      [
        { title: t("When"), cell: ({ made_wall_us: made }) => moment(dateOf(made)) },
        { title: t("Where"), cell: ({ path }) => element("code", {}, path), isWide: true },
        { title: t("As"), cell: ({ format }) => format },
        { title: t("Sessions"), cell: ({ sessions }) => number(sessions), isNumber: true },
        {
          title: t("Still there"),
          cell: ({ is_there: isThere }) => (isThere ? t("yes") : t("not in this place")),
        },
      ],
      [{ items: exports }],
    ),
  ];
}

function erasureTable(erasures: readonly Erased[]): HTMLElement[] {
  if (erasures.length === 0) {
    return [];
  }
  return [
    table<Erased>(
      t("What was forgotten"),
      [
        { title: t("When"), cell: ({ erased_wall_us: when }) => moment(dateOf(when)) },
        { title: t("Why"), cell: ({ reason }) => reason, isWide: true },
        { title: t("Events"), cell: ({ events }) => number(events), isNumber: true },
        { title: t("Files"), cell: ({ documents }) => number(documents), isNumber: true },
      ],
      [{ items: [...erasures].reverse() }],
    ),
  ];
}
