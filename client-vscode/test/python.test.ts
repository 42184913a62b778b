import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import {
  PROBE,
  isNewEnough,
  isUnpacking,
  packageIn,
  problemIn,
  readProbe,
  starters,
} from "../src/python";

test("a real Python answers the probe", () => {
  const [command, ...args] = starters(process.platform)[0] ?? ["python3"];
  const probe = readProbe(execFileSync(command, [...args, "-c", PROBE], { encoding: "utf8" }));
  assert.equal(probe?.version[0], 3);
});

test("what is no answer to the probe is no Python", () => {
  assert.equal(readProbe("Python was not found; run without arguments to install"), undefined);
});

test("a Python from 3.10 on is new enough", () => {
  assert.ok(isNewEnough([3, 10]));
  assert.ok(isNewEnough([4, 0]));
  assert.ok(!isNewEnough([3, 9]));
  assert.ok(!isNewEnough([2, 7]));
});

test("why setting up failed is read from what was printed", () => {
  const offline =
    "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError(...)'\n" +
    "ERROR: Could not find a version that satisfies the requirement attrs\n" +
    "ERROR: No matching distribution found for attrs";
  assert.equal(problemIn(offline), "offline");
  const untrusted =
    "WARNING: Retrying (Retry(total=1)) after connection broken by 'SSLError(SSLCertVerificationError" +
    "(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))': /simple/attrs/\n" +
    "Could not fetch URL https://index.example/simple/attrs/";
  assert.equal(problemIn(untrusted), "certificate");
  assert.equal(problemIn("ERROR: No matching distribution found for attrs>=99"), "other");
  assert.equal(problemIn("/usr/bin/python3: No module named venv"), "no venv");
  assert.equal(problemIn("OSError: [Errno 28] No space left on device"), "disk");
});

test("the package that pip gets is read from its output", () => {
  assert.equal(packageIn("Collecting pygls<3,>=2.1 (from foretrace==0.1.0)"), "pygls");
  assert.equal(packageIn("  Downloading pygls-2.1.1-py3-none-any.whl (68 kB)"), undefined);
  assert.ok(isUnpacking("Installing collected packages: attrs, pygls, foretrace"));
});
