import assert from "node:assert/strict";
import { test } from "node:test";
import { failureIn, testCountsIn } from "../src/outcome";

const TRACEBACK = `something printed before
Traceback (most recent call last):
  File "/home/me/work/mean.py", line 5, in <module>
    print(mean([]))
          ^^^^^^^^
  File "/home/me/work/mean.py", line 2, in mean
    return total(xs) / len(xs)
  File "/usr/lib/python3/other.py", line 99, in total
    raise ZeroDivisionError("secret")
ZeroDivisionError: secret
`;

test("a traceback gives the type, and the place of the innermost frame of the program", () => {
  const expected = { errorType: "ZeroDivisionError", line: 2, function: "mean" };
  assert.deepEqual(failureIn(TRACEBACK, "/home/me/work/mean.py"), expected);
  assert.deepEqual(failureIn(TRACEBACK.replaceAll("/home/me/work/", "./"), "/w/mean.py"), expected);
});

test("colours and the marks of a terminal are no hindrance", () => {
  const coloured = TRACEBACK.replace(/"(.*?)"/g, '\x1b[35m"$1"\x1b[0m')
    .replace("ZeroDivisionError: ", "\x1b[1;31mZeroDivisionError\x1b[0m: ")
    .replaceAll("\n", "\r\n");
  const failure = failureIn(`\x1b]633;C\x07${coloured}\x1b]633;D;1\x07`, "mean.py");
  assert.deepEqual(failure, { errorType: "ZeroDivisionError", line: 2, function: "mean" });
});

test("a syntax error has a line and no function", () => {
  const output = '  File "a.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax\n';
  assert.deepEqual(failureIn(output, "a.py"), { errorType: "SyntaxError", line: 3 });
});

test("of several tracebacks the last counts", () => {
  const other = TRACEBACK.replaceAll("ZeroDivisionError", "json.decoder.JSONDecodeError");
  assert.equal(failureIn(TRACEBACK + other, "mean.py")?.errorType, "JSONDecodeError");
});

test("an output without a traceback gives nothing", () => {
  assert.equal(failureIn("all is well\nError rate: 3\n", "mean.py"), undefined);
  assert.equal(failureIn("", "mean.py"), undefined);
});

test("a failure elsewhere has no place in the program", () => {
  assert.deepEqual(failureIn(TRACEBACK, "/elsewhere/b.py"), { errorType: "ZeroDivisionError" });
});

const summaries: [summary: string, passed: number, failed: number][] = [
  ["===== 3 passed in 0.01s =====", 3, 0],
  ["== 1 failed, 2 passed, 1 skipped in 1.20s ==", 2, 1],
  ["= 1 error in 0.05s =", 0, 1],
  ["3 passed, 1 warning in 0.01s", 3, 0],
  ["Ran 4 tests in 0.000s\n\nOK", 4, 0],
  ["Ran 4 tests in 0.000s\n\nFAILED (failures=1, errors=2)", 1, 3],
  ["Ran 1 test in 0.000s\n\nOK", 1, 0],
];

for (const [summary, passed, failed] of summaries) {
  test(`the tests of: ${summary.replaceAll("\n", " ")}`, () => {
    assert.deepEqual(testCountsIn(`....F\n${summary}\n`), { passed, failed });
  });
}

test("an output without a summary gives no tests", () => {
  assert.equal(testCountsIn("2 people passed by\n"), undefined);
});
