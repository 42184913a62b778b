// Builds out/extension.js, beside it the licences of what was bundled into it, and the page of what
// is mine: out/mine.js and out/mine.css.

import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";

const together = { bundle: true, minify: true, logLevel: "info" };

const { metafile } = await build({
  ...together,
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  format: "cjs",
  platform: "node",
  target: "node20",
  external: ["vscode"],
  metafile: true,
});

await build({
  ...together,
  entryPoints: [
    { in: "src/mine/page.ts", out: "mine" },
    { in: "src/mine/styles.css", out: "mine" },
  ],
  outdir: "out",
  format: "iife",
  platform: "browser",
  target: "chrome128",
});

const folders = new Set(
  Object.keys(metafile.inputs).flatMap(
    (path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? [],
  ),
);
const notices = await Promise.all([...folders].sort().map(notice));
notices.push("The wheel of pip in the folder wheels has its licences in it.\n");
await writeFile("out/THIRD-PARTY-NOTICES.txt", notices.join("\n"));

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) {
    throw new Error(`${folder} has no licence that could be passed on`);
  }
  const text = await readFile(`${folder}/${file}`, "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
