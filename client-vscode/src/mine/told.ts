/** What the server tells of what it has about a person: see docs/protocol.md. */

import type { Action, Consent, Content } from "../protocol";

/** Of a document: how much was edited in it, and how much of that is kept without its text. */
export interface DocumentWork {
  name: string;
  edits: number;
  edits_without_text: number;
}

export interface SessionWork {
  name: string;
  started_wall_us: number;
  ended_wall_us: number;
  editor: string;
  events: number;
  edits: number;
  saves: number;
  runs: number;
  failed_runs: number;
  tests: number;
  failed_tests: number;
  erased: number;
  documents: DocumentWork[];
}

export interface Decision {
  action: Action;
  decided_at: string;
  decided_by: string;
  scopes?: string[];
  content?: Content;
  expires_at?: string;
  keep_days?: number;
}

export type Became = "offered" | "accepted" | "dismissed" | "superseded" | "withheld";

export interface Suggested {
  suggestion_id: string;
  wall_us: number;
  document: string | null;
  level: string;
  trigger: string;
  inserted_characters: number;
  removed_characters: number;
  became: Became;
  silence: string;
}

export interface Answered {
  wall_us: number;
  document: string | null;
  stage: "confirmed" | "corrected";
  label: string;
  believed: string;
}

export interface Exported {
  made_wall_us: number;
  format: string;
  path: string;
  sessions: number;
  is_there: boolean;
}

export interface Erased {
  erased_wall_us: number;
  reason: string;
  events: number;
  documents: number;
}

/** The result of `MINE_OVERVIEW`; a decision that cannot be read is null. */
export interface Overview {
  read_wall_us: number;
  folder: string;
  files: { name: string; bytes: number }[];
  consent: Consent;
  decisions: (Decision | null)[];
  trouble: string | null;
  waiting: number;
  sessions: SessionWork[];
  imported_sessions: number;
  suggestions: { counts: Partial<Record<Became, number>>; latest: Suggested[] };
  intents: {
    counts: Partial<Record<"predicted" | "confirmed" | "corrected", number>>;
    latest: Answered[];
  };
  derived: { kind: string; bytes: number; sessions: number }[];
  exports: Exported[];
  erasures: Erased[];
}

/** What is said of how somebody writes or works; `interval` is that of 95 % of the share. */
export interface Statement {
  about: "writing" | "working";
  subject: string;
  value: string;
  seen: number;
  share: number | null;
  interval: [number, number] | null;
  compared: string;
}

/** The result of `MINE_PROFILE`. */
export interface Profile {
  sessions: number;
  traces: number;
  statements: Statement[];
  not_known_yet: string[];
  fewest: number;
  errors: { error_type: string; count: number; last_wall_us: number }[];
  vector: {
    numbers: number;
    traces: number;
    from_mean: number;
    made_wall_us: number;
    sessions: string[];
  } | null;
}

/** A document of a session, as the argument of `MINE_PLAYBACK`. */
export interface Played {
  session: string;
  document: string;
}

/** The result of `MINE_PLAYBACK`; `steps` is a JSON array of `Row`. */
export interface Recording extends Played {
  started_wall_us: number;
  saves_checked: number;
  redactions: number;
  problems: string[];
  exact: boolean;
  steps: string;
}

/** A step as it comes: its kind, milliseconds after the start, and what its kind has besides. */
export type Row =
  | ["text", number, string | null, string]
  | ["edit", number, number, number, string, string]
  | ["length", number, number, number, string]
  | ["mark", number, string, string, boolean];
