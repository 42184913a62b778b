/** What the page of what is mine and the extension tell each other. */

import type { Overview, Played, Profile, Recording } from "./told";

/** Commands of the extension that the page has buttons for. */
export const COMMANDS = [
  "chooseConsent",
  "withdrawConsent",
  "pauseRecording",
  "resumeRecording",
  "readNotice",
  "forget",
  "handIn",
  "openTerminal",
] as const;

export type Command = (typeof COMMANDS)[number];

/** What can be asked for, and can fail. */
export type Asked = "overview" | "profile" | "playback";

export type ToPage =
  | { type: "begin"; locale: string; texts: Record<string, string> }
  | { type: "overview"; overview: Overview }
  | { type: "profile"; profile: Profile }
  | { type: "playback"; recording: Recording }
  | { type: "problem"; about: Asked; message: string }
  | { type: "server"; runs: boolean };

export type ToExtension =
  | { type: "ready" }
  | { type: "refresh" }
  | { type: "profile" }
  | { type: "playback"; of: Played }
  | { type: "command"; command: Command };
