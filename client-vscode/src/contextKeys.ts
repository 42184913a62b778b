/** What `when` clauses and the walkthrough go by: how recording and the server stand. */

import { type Disposable, commands } from "vscode";
import { recordingState } from "./recordingState";
import type { StatusItem } from "./status";

/** Set while the server runs. */
const RUNNING = "foretrace.running";
/** Set once a person has said whether they may be recorded. */
const DECIDED = "foretrace.decided";
/** The state of recording; no value where it is not known. */
const RECORDING = "foretrace.recording";

export function keepContextKeys(status: StatusItem): Disposable {
  return status.onDidChange(() => {
    const recording = status.last?.recording;
    const state = recording === undefined ? undefined : recordingState(recording);
    const values = {
      [RUNNING]: recording !== undefined,
      [DECIDED]: recording?.undecided === false,
      [RECORDING]: state,
    };
    for (const [key, value] of Object.entries(values)) {
      void commands.executeCommand("setContext", key, value);
    }
  });
}
