/** The profile: what can be said of how somebody writes and works, how surely, and what cannot. */

import { element, nothing, table } from "./elements";
import { t } from "./texts";
import type { Overview, Profile, Statement } from "./told";
import { count, dateOf, moment, number, percent } from "./words";

export function profilePage(profile: Profile, { consent }: Overview): HTMLElement[] {
  if (profile.traces === 0 && profile.errors.length === 0) {
    return [
      nothing(
        t("Nothing is known of you yet"),
        consent.content === "full"
          ? t("A profile is made of programs that you work on. Save or run one, and look again.")
          : t(
              "A profile is made of programs that are recorded with their text. None is, so " +
                "Foretrace knows nothing of how you write.",
            ),
      ),
    ];
  }
  const from = t(
    "From {0} in {1}. It is worked out when you look, and kept nowhere. How sure it is says within " +
      "what a share lies, nineteen times out of twenty.",
    count(profile.traces, "program"),
    count(profile.sessions, "session"),
  );
  return [
    element("p", { class: "lead" }, from),
    ...statementTable(profile, "writing", t("How you write")),
    ...statementTable(profile, "working", t("How you work")),
    ...errorTable(profile),
    ...vectorOf(profile),
    ...unknown(profile),
  ];
}

function statementTable(
  { statements }: Profile,
  about: Statement["about"],
  title: string,
): HTMLElement[] {
  const found = statements.filter((statement) => statement.about === about);
  if (found.length === 0) {
    return [];
  }
  return [
    table<Statement>(
      title,
      [
        { title: t("What"), cell: ({ subject }) => capital(subject), isWide: true },
        {
          title: t("You"),
          cell: ({ value, compared }) => [
            value,
            compared === "" ? undefined : element("span", { class: "quiet" }, ` (${compared})`),
          ],
        },
        { title: t("How often"), cell: howOften },
        { title: t("Seen"), cell: ({ seen }) => t("{0} times", number(seen)), isNumber: true },
        { title: t("How sure"), cell: ({ interval }) => certainty(interval), isNumber: true },
      ],
      [{ items: found }],
    ),
  ];
}

function howOften({ share, value }: Statement): HTMLElement | undefined {
  if (share === null) {
    return undefined;
  }
  const fill = element("span", { class: "fill" });
  fill.style.width = `${String(share * 100)}%`;
  const track = element("span", { class: "share", "aria-hidden": "true" }, fill);
  const isSaid = value.endsWith("%");
  return element("span", { class: "measured" }, track, isSaid ? undefined : percent(share));
}

/** Return within what a share lies, were as much seen of it again as will ever be. */
function certainty(interval: Statement["interval"]): string {
  return interval === null ? "–" : t("{0} to {1}", percent(interval[0]), percent(interval[1]));
}

function errorTable({ errors }: Profile): HTMLElement[] {
  if (errors.length === 0) {
    return [];
  }
  return [
    table<Profile["errors"][number]>(
      t("Errors that ended your runs"),
      [
        {
          title: t("Error"),
          cell: ({ error_type: name }) => element("code", {}, name),
          isWide: true,
        },
        { title: t("Runs"), cell: ({ count: runs }) => number(runs), isNumber: true },
        { title: t("Last"), cell: ({ last_wall_us: last }) => moment(dateOf(last)) },
      ],
      [{ items: errors }],
    ),
  ];
}

function vectorOf({ vector }: Profile): HTMLElement[] {
  if (vector === null) {
    return [];
  }
  const words = t(
    "{0} numbers stand for how you edit, made on {1} of {2} in {3}. They are kept until you forget " +
      "any of these, or give the command `foretrace coder reset`.",
    number(vector.numbers),
    moment(dateOf(vector.made_wall_us)),
    count(vector.traces, "program"),
    count(vector.sessions.length, "session"),
  );
  return [element("h2", {}, t("Your vector")), element("p", {}, words)];
}

function unknown({ not_known_yet: subjects, fewest }: Profile): HTMLElement[] {
  if (subjects.length === 0) {
    return [];
  }
  const why = t("What was seen fewer than {0} times says nothing yet:", fewest);
  const items = subjects.map((subject) => element("li", {}, subject));
  return [
    element("h2", {}, t("Not known yet")),
    element("p", {}, why),
    element("ul", { class: "many" }, ...items),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
