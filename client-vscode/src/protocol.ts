/**
 * The protocol: what goes between client and server beside standard LSP.
 *
 * Mirrors server/foretrace_server/protocol.py.
 */

import type { Range, TextDocumentIdentifier } from "vscode-languageclient";
import type { Level, RunPrograms } from "./settings";

// Notifications to the server.
export const EVENT = "foretrace/event";
export const TRUST = "foretrace/trust";
export const SENDING = "foretrace/sending";

// A notification to the client.
export const INTENT_CHANGED = "foretrace/intentChanged";

// Requests to the server.
export const INTENT = "foretrace/intent";
export const WHY = "foretrace/why";
export const STATUS = "foretrace/status";

// Commands of the server. The first two take the id of a suggestion, the third the address of a
// document; the answer to it is that of `WHY`. `SNOOZE` takes minutes, null for until the server ends
// and 0 for no more; the answer is `Timing`. `CONSENT_DECIDE` takes an action and terms.
// `CONSENT_ASK` has the server ask, for editors that have no question of their own.
// What those about what is mine answer stands in mine/told.ts.
export const ACCEPTED = "foretrace.accepted";
export const DISMISSED = "foretrace.dismissed";
export const MORE_HELP = "foretrace.help.more";
export const SNOOZE = "foretrace.snooze";
export const CONSENT_NOTICE = "foretrace.consent.notice";
export const CONSENT_DECIDE = "foretrace.consent.decide";
export const CONSENT_ASK = "foretrace.consent.ask";
export const FORGET = "foretrace.traces.forget";
export const EXPORT_BUNDLE = "foretrace.traces.exportBundle";
export const MINE_OVERVIEW = "foretrace.mine.overview";
export const MINE_PROFILE = "foretrace.mine.profile";
export const MINE_PLAYBACK = "foretrace.mine.playback";

/** Parameters of `INTENT` and `WHY`. */
export interface DocumentParams {
  textDocument: TextDocumentIdentifier;
}

export interface TrustParams {
  trusted: boolean;
}

/** Whether anything of what was recorded may be sent. */
export interface SendingParams {
  allowed: boolean;
}

/** Something that the editor saw and the server cannot see. */
export type EventParams = { uri?: string; version?: number; monotonicMs?: number } & Report;

/** Where an edit came from, as far as the editor knows better than the server. */
export type Origin = "paste" | "undo" | "redo" | "format" | "external";

export type Report =
  | { kind: "origin"; data: { origin: Origin } }
  | { kind: "view" }
  | { kind: "selection"; data: { range: Range } }
  | { kind: "copy"; data: { characters: number } }
  | {
      kind: "terminal";
      data: { command_class: string; exit_code?: number; duration_ms?: number };
    }
  | { kind: "debug"; data: { category: string; characters: number } }
  | {
      kind: "run";
      data: {
        exit_code?: number;
        duration_ms?: number;
        error_type?: string;
        line?: number;
        function?: string;
      };
    }
  | { kind: "tests"; data: { passed: number; failed: number } }
  | { kind: "diagnostics"; data: { errors: number; warnings: number } }
  | {
      kind: "intent";
      data: { stage: "confirmed" | "corrected"; label: string; confidence?: number };
    };

/** The result of `INTENT` and the parameters of `INTENT_CHANGED`. */
export interface Intent {
  textDocument: TextDocumentIdentifier;
  version: number | null;
  activities: { label: string; confidence: number }[];
  statement: string;
  place: { uri: string; range: Range; confidence: number } | null;
}

/**
 * How much help a course that was joined allows now, and until when; with one assignment or all.
 * Without a course it is the policy of the machine.
 */
export interface Limit {
  course: string | null;
  assignment: string | null;
  ceiling: Level;
  until: string | null;
  message: string;
}

/** The result of `WHY`: why nothing, or not more, is offered for a document, and at which level. */
export interface Why {
  textDocument: TextDocumentIdentifier;
  version: number | null;
  level: Level | null;
  ceiling: Level | null;
  limit: Limit | null;
  reasons: { code: string; message: string }[];
}

/** The `data` of a code action: what stands behind a fix. */
export interface FixData {
  suggestion: string;
  level: Level;
  diff: string;
  testsPassed: number;
  tests: number;
}

/** The result of `CONSENT_NOTICE`. */
export interface Notice {
  version: number;
  language: string;
  text: string;
}

export type Content = "full" | "metadata";

export type Action = "grant" | "decline" | "withdraw" | "pause" | "resume";

/** What a decision covers; a grant must name its content. */
export interface Terms {
  content?: Content;
  scopes?: string[];
}

/** What holds now; the result of `CONSENT_DECIDE`. */
export interface Consent {
  recording: boolean;
  content: Content | null;
  scopes: string[];
  paused: boolean;
  paused_until: string | null;
  keep_days: number | null;
  undecided: boolean;
  reason: string;
  expires_at: string | null;
}

/** What was handed in; the result of `EXPORT_BUNDLE`, which takes the path of a file. */
export interface HandedIn {
  path: string;
  sessions: number;
  events: number;
  exact: boolean;
}

/** What to forget, the argument of `FORGET`; with `preview` it is only told. */
export type ToForget = (
  { uri: string } | { minutes: number } | { session: true } | { all: true }
) & { preview?: true };

/** What was forgotten, or would be; the result of `FORGET`. */
export interface Receipt {
  documents: number;
  events: number;
  texts_withheld: number;
  exports: { path: string }[];
}

/** When help comes by itself; `snoozedUntil` is null while it is until the server ends, too. */
export interface Timing {
  minimumIdleMs: number;
  snoozed: boolean;
  snoozedUntil: string | null;
}

/** What the policy of the machine lets be recorded, that in words, and in words all that it does. */
export interface MachinePolicy {
  path: string;
  mayRecord: boolean;
  mayRecordText: boolean;
  recording: string | null;
  message: string | null;
}

/** The result of `STATUS`. */
export interface Status {
  version: string;
  recording: Consent & {
    session: string;
    committed: number;
    waiting: number;
    lost: number;
    trouble: string | null;
  };
  programs: {
    workspaceTrusted: boolean;
    runPrograms: RunPrograms;
    mayRun: boolean;
    boundary: string | null;
  };
  help: { level: Level; limits: Limit[] };
  machine: MachinePolicy;
  timing: Timing;
  worker: "not started" | "running" | "resting" | "closed";
  model: { available: boolean; reason: string };
  warnings: string[];
}
