import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { ACTIVITIES } from "../src/activities";
import { THINGS } from "../src/counted";

type Texts = Record<string, string>;

const LANGUAGES = readdirSync("l10n").map((file) => /^bundle\.l10n\.(.+)\.json$/.exec(file)?.[1] ?? file);

function read(file: string): Texts {
  return JSON.parse(readFileSync(file, "utf8")) as Texts;
}

/** Return the text that an expression is, put together from parts or not; undefined for others. */
function textOf(node: ts.Node | undefined): string | undefined {
  if (node !== undefined && ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (node !== undefined && ts.isBinaryExpression(node)) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

/** Return the texts that are translated in a source, and the calls whose text it does not tell. */
function translatedIn(file: string): { texts: string[]; others: string[] } {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const [texts, others]: [string[], string[]] = [[], []];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ["t", "l10n.t"].includes(node.expression.getText())) {
      const text = textOf(node.arguments[0]);
      if (text === undefined) {
        others.push(node.getText());
      } else {
        texts.push(text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { texts, others };
}

const FILES = ["src", "src/mine"].flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => join(folder, file)),
);
/** What is translated by name: the tables that these calls take their texts from. */
const BY_NAME = ["t(one)", "t(many, count.toLocaleString(locale))", "t(known)", "t(BEGINNING)"];
const USED = [
  ...FILES.flatMap((file) => translatedIn(file).texts),
  ...Object.values(THINGS).flat(),
  ...ACTIVITIES,
  "You seem to be ",
];

const placesIn = (text: string): string[] => text.match(/\{\d\}/g)?.sort() ?? [];

test("there is a second language", () => {
  assert.deepEqual(LANGUAGES, ["de"]);
});

test("what is translated stands where it is translated, or in a table that is known here", () => {
  const others = FILES.flatMap((file) => translatedIn(file).others);
  assert.deepEqual(others.sort(), [...BY_NAME].sort());
});

for (const language of LANGUAGES) {
  const bundle = read(`l10n/bundle.l10n.${language}.json`);
  const manifest = read("package.nls.json");
  const translated = read(`package.nls.${language}.json`);

  test(`every text of the extension is there in ${language}, and none is left over`, () => {
    assert.deepEqual(Object.keys(bundle).sort(), [...new Set(USED)].sort());
  });

  test(`every text of the manifest is there in ${language}, and none is left over`, () => {
    assert.deepEqual(Object.keys(translated).sort(), Object.keys(manifest).sort());
  });

  test(`every text has the same places for values and the same icons in ${language}`, () => {
    for (const [text, words] of Object.entries(bundle)) {
      assert.deepEqual(placesIn(words), placesIn(text), text);
      assert.equal(/^\$\(.+?\)/.exec(words)?.[0], /^\$\(.+?\)/.exec(text)?.[0], text);
      assert.equal(/^\s*/.exec(words)?.[0], /^\s*/.exec(text)?.[0], text);
      assert.equal(/\s*$/.exec(words)?.[0], /\s*$/.exec(text)?.[0], text);
    }
  });

  test(`links of the manifest lead to the same commands in ${language}`, () => {
    const linksIn = (text = ""): string[] => text.match(/\(command:[\w.]+\)/g) ?? [];
    for (const [key, text] of Object.entries(manifest)) {
      assert.deepEqual(linksIn(translated[key]), linksIn(text), key);
    }
  });

  test(`a command that is named is named as it is called in ${language}`, () => {
    const titles = Object.keys(manifest).filter((key) => key.startsWith("command."));
    const texts = [
      ...Object.entries(bundle),
      ...Object.keys(manifest).map((key) => [manifest[key] ?? "", translated[key] ?? ""] as const),
    ];
    let found = 0;
    for (const [text, words] of texts) {
      for (const key of titles) {
        if (new RegExp(`[“*]Foretrace: ${manifest[key] ?? ""}[”*]`).test(text)) {
          assert.match(words, new RegExp(`[„*]Foretrace: ${translated[key] ?? ""}[“*]`), text);
          found += 1;
        }
      }
    }
    assert.ok(found > 4);
  });
}
