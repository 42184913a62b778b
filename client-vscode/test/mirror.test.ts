/** The client says the same as the server, and its manifest the same as its code. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as protocol from "../src/protocol";
import { readSettings } from "../src/settings";

interface Manifest {
  version: string;
  contributes: { configuration: { properties: Record<string, { enum?: string[] }> } };
}

const SERVER = "../server/foretrace_server";
const outside = { skip: existsSync(SERVER) ? false : "there is no server beside the client" };

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

test("client and server have one version", outside, () => {
  const [, version] =
    /^__version__ = "(.*)"$/m.exec(readFileSync(`${SERVER}/__init__.py`, "utf8")) ?? [];
  assert.equal(manifest.version, version);
});

test("client and server have the same methods and commands", outside, () => {
  const source = readFileSync(`${SERVER}/protocol.py`, "utf8");
  const methods = [...source.matchAll(/^([A-Z_]+) = "(foretrace.*)"$/gm)].map(
    ([, name, method]) => [name, method],
  );
  assert.deepEqual({ ...protocol }, Object.fromEntries(methods));
});

test("every choice of the manifest is one that is understood", () => {
  const choices =
    manifest.contributes.configuration.properties["foretrace.runPrograms"]?.enum ?? [];
  assert.equal(choices.length, 3);
  for (const choice of choices) {
    assert.equal(readSettings({ get: () => choice }).runPrograms, choice);
  }
});

test("every text of the manifest is there, and none is left over", () => {
  const used = [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
  const texts = JSON.parse(readFileSync("package.nls.json", "utf8")) as Record<string, string>;
  assert.deepEqual(used.sort(), Object.keys(texts).sort());
});
