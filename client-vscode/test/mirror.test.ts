/** The client says the same as the server, and its manifest the same as its code. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ACTIVITIES } from "../src/activities";
import * as protocol from "../src/protocol";
import { DEFAULTS, readSettings } from "../src/settings";

interface Manifest {
  version: string;
  contributes: {
    commands: { command: string }[];
    configuration: { properties: Record<string, { enum?: string[]; default: unknown }> };
  };
}

const SERVER = "../server/foretrace_server";
const outside = { skip: existsSync(SERVER) ? false : "there is no server beside the client" };

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

test("client and server have one version", outside, () => {
  const [, version] =
    /^__version__ = "(.*)"$/m.exec(readFileSync(`${SERVER}/__init__.py`, "utf8")) ?? [];
  assert.equal(manifest.version, version);
});

test("the pip that is carried is the one that the installer of the checkout knows", outside, () => {
  const source = readFileSync("../scripts/bootstrap.py", "utf8");
  const constant = (name: string): string =>
    new RegExp(`^${name} = "(.*)"$`, "m").exec(source)?.[1] ?? "";
  const line = `pip==${constant("PIP_VERSION")} --hash=sha256:${constant("PIP_SHA256")}\n`;
  assert.equal(readFileSync("pip.txt", "utf8"), line);
});

test("client and server have the same methods and commands", outside, () => {
  const source = readFileSync(`${SERVER}/protocol.py`, "utf8");
  const methods = [...source.matchAll(/^([A-Z_]+) = "(foretrace.*)"$/gm)].map(
    ([, name, method]) => [name, method],
  );
  assert.deepEqual({ ...protocol }, Object.fromEntries(methods));
});

test("client and server know the same activities", outside, () => {
  const source = readFileSync("../models/foretrace_models/intent/activities.py", "utf8");
  const [, body = ""] = /^class Activity\(.*?\):\n(.*?)\n\n\n/ms.exec(source) ?? [];
  const labels = [...body.matchAll(/^ {4}[A-Z]+ = "(.*)"$/gm)].map(([, label]) => label);
  assert.deepEqual([...ACTIVITIES], labels);
});

test("every kind that the client reports is one that the server takes", outside, () => {
  const report = /export type Report =(.*?)\n\n/s.exec(readFileSync("src/protocol.ts", "utf8"));
  const kinds = [...(report?.[1] ?? "").matchAll(/kind: "(\w+)"/g)].map(([, kind]) => kind);
  const events = readFileSync("../telemetry/foretrace_telemetry/events.py", "utf8");
  assert.ok(kinds.length > 5);
  for (const kind of kinds) {
    assert.match(events, new RegExp(`^    kind = "${kind ?? ""}"$`, "m"));
  }
});

test("every command of the manifest is registered, and every registered one is there", () => {
  const source = readFileSync("src/commands.ts", "utf8");
  const [, table = ""] = /const all: .*? = \{\n(.*?)\n {2}\};/s.exec(source) ?? [];
  const registered = [...table.matchAll(/^ {4}(\w+)[:,]/gm)].map(([, name]) => name);
  const declared = manifest.contributes.commands.map(({ command }) => command.split(".")[1]);
  assert.deepEqual(declared.sort(), registered.sort());
});

test("every setting of the manifest has the default that the code has", () => {
  const { properties } = manifest.contributes.configuration;
  const defaults = Object.entries(properties).map(([name, { default: value }]) => [
    name.replace("foretrace.", ""),
    value,
  ]);
  assert.deepEqual(Object.fromEntries(defaults), DEFAULTS);
});

test("every choice of the manifest is one that is understood", () => {
  const { properties } = manifest.contributes.configuration;
  for (const [key, count] of [
    ["runPrograms", 3],
    ["level", 5],
  ] as const) {
    const choices = properties[`foretrace.${key}`]?.enum ?? [];
    assert.equal(choices.length, count);
    for (const choice of choices) {
      assert.equal(readSettings({ get: () => choice })[key], choice);
    }
  }
});

test("every text of the manifest is there, and none is left over", () => {
  const used = [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
  const texts = JSON.parse(readFileSync("package.nls.json", "utf8")) as Record<string, string>;
  assert.deepEqual(used.sort(), Object.keys(texts).sort());
});
