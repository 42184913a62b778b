/** The timeline: when somebody worked, day by day, as a picture and as a table. */

import { type Day, byDay } from "./days";
import { button, element, facts, nothing, table } from "./elements";
import type { Command } from "./messages";
import { t } from "./texts";
import type { DocumentWork, Overview, Played, SessionWork } from "./told";
import { count, dateOf, day, duration, fileName, number, shortDay, time } from "./words";

const DAYS_IN_PICTURE = 14;
const DAYS_AT_FIRST = 14;
const MOST_FILES = 4;
const HOURS = [0, 6, 12, 18, 24];

export interface Ways {
  run: (command: Command) => void;
  play: (of: Played) => void;
}

/** Return the timeline; `showsAll` says whether days of long ago are in it, `showAll` has them be. */
export function timeline(
  overview: Overview,
  ways: Ways,
  showsAll: boolean,
  showAll: () => void,
): HTMLElement[] {
  if (overview.sessions.length === 0) {
    return [nothingRecorded(overview, ways)];
  }
  const days = byDay(overview.sessions);
  const begun = days.filter(({ sessions }) => sessions.length > 0);
  const shown = showsAll ? begun : begun.slice(0, DAYS_AT_FIRST);
  const rest = begun.length - shown.length;
  return [
    sumsOf(overview),
    picture(days.slice(0, DAYS_IN_PICTURE)),
    sessionTable(shown, ways),
    ...(rest > 0
      ? [button(t("Show {0} more", count(rest, "day")), showAll, { class: "secondary" })]
      : []),
  ];
}

function sumsOf({ sessions, suggestions }: Overview): HTMLElement {
  const sum = (of: (session: SessionWork) => number): number =>
    sessions.reduce((before, session) => before + of(session), 0);
  const { withheld = 0, accepted = 0, ...others } = suggestions.counts;
  const shown = Object.values(others).reduce((before, each) => before + each, accepted);
  return facts({
    [t("Sessions")]: number(sessions.length),
    [t("Edits")]: number(sum(({ edits }) => edits)),
    [t("Runs that failed")]: t(
      "{0} of {1}",
      number(sum((session) => session.failed_runs + session.failed_tests)),
      number(sum(({ runs, tests }) => runs + tests)),
    ),
    [t("Suggestions taken")]: t("{0} of {1}", number(accepted), number(shown)),
    [t("Suggestions held back")]: number(withheld),
  });
}

function nothingRecorded({ consent, folder }: Overview, { run }: Ways): HTMLElement {
  const memory = t(
    "Help works all the same: it needs the texts of your open files and the last 200 things that " +
      "happened in them. They are in memory only, and end with the editor.",
  );
  if (consent.recording) {
    return nothing(
      t("Nothing is recorded yet"),
      t("Recording is on. What you do from now on appears here, and lies in {0} only.", folder),
      button(
        t("Read What Is Recorded"),
        () => {
          run("readNotice");
        },
        { class: "secondary" },
      ),
    );
  }
  return nothing(
    t("Nothing is recorded"),
    `${reasonOf(consent.reason, consent.paused)} ${memory}`,
    consent.paused
      ? button(t("Go On Recording"), () => {
          run("resumeRecording");
        })
      : button(t("Choose What Is Recorded"), () => {
          run("chooseConsent");
        }),
    button(
      t("Read What Is Recorded"),
      () => {
        run("readNotice");
      },
      { class: "secondary" },
    ),
  );
}

function reasonOf(reason: string, isPaused: boolean): string {
  return isPaused ? t("Recording is paused.") : t("Recording is off: {0}.", reason);
}

/** The picture says nothing that the table below it does not. */
function picture(days: readonly Day[]): HTMLElement {
  const most = Math.max(...days.map(({ edits }) => edits), 1);
  const rows = days.map(({ begin, spans, edits }) => {
    const bars = spans.map(({ from, to }) => {
      const bar = element("span", { class: "bar" });
      bar.style.left = `${String(from * 100)}%`;
      bar.style.width = `${String((to - from) * 100)}%`;
      return bar;
    });
    const amount = element("span", { class: "fill" });
    amount.style.width = `${String((edits / most) * 100)}%`;
    return element(
      "div",
      { class: "day" },
      element("span", { class: "name" }, shortDay(begin)),
      element("span", { class: "track" }, ...bars),
      element("span", { class: "amount" }, amount),
      element("span", { class: "edits" }, count(edits, "edit")),
    );
  });
  const hours = HOURS.map((hour) => {
    const mark = element("span", {}, `${String(hour).padStart(2, "0")}:00`);
    mark.style.left = `${String((hour / 24) * 100)}%`;
    return mark;
  });
  const axis = element(
    "div",
    { class: "day axis" },
    element("span", { class: "name" }),
    element("span", { class: "track" }, ...hours),
  );
  const label = t(
    "A picture of the last {0} with work in them: when you worked, and how much you edited. The " +
      "table below tells the same.",
    count(days.length, "day"),
  );
  return element("div", { class: "picture", role: "img", "aria-label": label }, ...rows, axis);
}

function sessionTable(days: readonly Day[], { play }: Ways): HTMLElement {
  return table<SessionWork>(
    t("Sessions, the latest first"),
    [
      { title: t("Started"), cell: (session) => time(dateOf(session.started_wall_us)) },
      {
        title: t("Lasted"),
        cell: ({ started_wall_us: start, ended_wall_us: end }) => duration(Math.max(0, end - start)),
        isNumber: true,
      },
      { title: t("Edits"), cell: ({ edits }) => number(edits), isNumber: true },
      { title: t("Runs"), cell: ({ runs, tests }) => number(runs + tests), isNumber: true },
      {
        title: t("Failed"),
        cell: ({ failed_runs: runs, failed_tests: tests }) => number(runs + tests),
        isNumber: true,
      },
      { title: t("Files"), cell: filesOf, isWide: true },
      { title: t("Replay"), cell: (session) => waysToPlay(session, play) },
    ],
    days.map(({ begin, sessions, edits }) => ({
      title: `${day(begin)} · ${count(sessions.length, "session")}, ${count(edits, "edit")}`,
      items: sessions,
    })),
  );
}

function filesOf({ documents, erased }: SessionWork): HTMLElement {
  const shown = documents.slice(0, MOST_FILES).map((document) => fileWords(document));
  const rest = documents.length - shown.length;
  const notes = [
    ...(rest > 0 ? [t("and {0}", count(rest, "other file"))] : []),
    ...(erased > 0 ? [t("{0} forgotten", count(erased, "event"))] : []),
  ];
  if (shown.length === 0 && notes.length === 0) {
    return element("span", { class: "quiet" }, t("only read"));
  }
  return element(
    "ul",
    { class: "files" },
    ...shown,
    ...notes.map((note) => element("li", { class: "quiet" }, note)),
  );
}

function fileWords({ name, edits_without_text: withoutText }: DocumentWork): HTMLElement {
  const note = withoutText > 0 ? ` ${t("(partly without text)")}` : undefined;
  const isNamed = name.startsWith("file:");
  return element(
    "li",
    {},
    fileName(name),
    isNamed && note !== undefined ? element("span", { class: "quiet" }, note) : undefined,
  );
}

function waysToPlay(session: SessionWork, play: (of: Played) => void): Node | string {
  const [first] = [...session.documents].sort((one, other) => other.edits - one.edits);
  if (first === undefined) {
    return element("span", { class: "quiet" }, t("nothing to replay"));
  }
  const started = dateOf(session.started_wall_us);
  return button(
    t("Replay"),
    () => {
      play({ session: session.name, document: first.name });
    },
    {
      class: "link",
      key: `replay ${session.name}`,
      "aria-label": t("Replay the session of {0}, {1}", day(started), time(started)),
    },
  );
}
