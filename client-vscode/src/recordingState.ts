/** What a person needs to know of recording at a glance. */

import type { Status } from "./protocol";

export type RecordingState = "off" | "metadata" | "full" | "paused" | "trouble";

export function recordingState({ content, paused, trouble }: Status["recording"]): RecordingState {
  if (content === null) {
    return "off";
  }
  if (paused) {
    return "paused";
  }
  return trouble === null ? content : "trouble";
}
