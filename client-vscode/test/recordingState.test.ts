import assert from "node:assert/strict";
import { test } from "node:test";
import { recordingState } from "../src/recordingState";

const recording = {
  recording: true,
  content: "full" as const,
  scopes: ["local"],
  paused: false,
  undecided: false,
  reason: "granted",
  expires_at: null,
  paused_until: null,
  keep_days: null,
  session: "s",
  committed: 0,
  waiting: 0,
  lost: 0,
  trouble: null,
};

test("the state of recording is what a person most needs to know", () => {
  assert.equal(recordingState(recording), "full");
  assert.equal(recordingState({ ...recording, content: "metadata" }), "metadata");
  assert.equal(recordingState({ ...recording, paused: true, trouble: "disk" }), "paused");
  assert.equal(recordingState({ ...recording, trouble: "the disk is full" }), "trouble");
  assert.equal(recordingState({ ...recording, content: null, trouble: "disk" }), "off");
});
