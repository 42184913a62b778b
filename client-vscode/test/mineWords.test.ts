import assert from "node:assert/strict";
import { test } from "node:test";
import { speak, t } from "../src/mine/texts";
import { count, duration, fileName, percent, size } from "../src/mine/words";

speak("en", { Hello: "Guten Tag", "{0} of {1}": "{1} davon {0}" });

test("a text comes in a person's language where there is one, with its values in it", () => {
  assert.equal(t("Hello"), "Guten Tag");
  assert.equal(t("{0} of {1}", 2, "3"), "3 davon 2");
  assert.equal(t("Nobody translated {0} {1}", "x"), "Nobody translated x {1}");
});

test("how long something took is told in the units that one thinks in", () => {
  const told = [0, 38e6, 59.9e6, 60e6, 12 * 60e6, 60 * 60e6, 125 * 60e6].map(duration);
  assert.deepEqual(told, ["0 s", "38 s", "60 s", "1 min", "12 min", "1 h", "2 h 5 min"]);
});

test("sizes are told with as many digits as are of use", () => {
  const told = [0, 812, 1000, 2345, 14_300, 999_499, 2_300_000, 5e9].map(size);
  assert.deepEqual(told, ["0 B", "812 B", "1 kB", "2.3 kB", "14 kB", "999 kB", "2.3 MB", "5 GB"]);
});

test("numbers of things have separators", () => {
  assert.equal(count(1, "edit"), "1 edit");
  assert.equal(count(100_000, "edit"), "100,000 edits");
  assert.equal(percent(0.974), "97%");
});

test("a file is called by its name, and one whose name is not kept by none", () => {
  assert.equal(fileName("file:///a/gr%C3%B6%C3%9Fe%20%F0%9F%99%82.py"), "größe 🙂.py");
  assert.equal(fileName("file:///a/b.ipynb#W0s"), "b.ipynb#W0s");
  assert.equal(fileName("file:///a/100%.py"), "100%.py");
  assert.match(fileName("withheld:0a1b"), /not kept/);
  assert.equal(fileName(null), "");
});
