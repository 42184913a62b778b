import assert from "node:assert/strict";
import { test } from "node:test";
import { classify } from "../src/shellCommand";

const cases: [commandLine: string, expected: object][] = [
  ["python3 program.py --fast", { class: "run", program: "program.py" }],
  [
    "/usr/bin/python3.12 '/home/me/my work/a.py'",
    { class: "run", program: "/home/me/my work/a.py" },
  ],
  ['& C:/Python/python.exe "c:/work/a.py"', { class: "run", program: "c:/work/a.py" }],
  ["PYTHONPATH=. time python a.py", { class: "run", program: "a.py" }],
  ["uv run a.py", { class: "run", program: "a.py" }],
  ["./a.py", { class: "run", program: "./a.py" }],
  ["python a.py -m pytest", { class: "run", program: "a.py" }],
  ["python -c 'print(1)'", { class: "run" }],
  ["python -m app.main", { class: "run" }],
  ["pytest -q tests/test_a.py::test_one", { class: "test", program: "tests/test_a.py" }],
  ["python -m unittest", { class: "test" }],
  ["python -m doctest a.py", { class: "test", program: "a.py" }],
  ["poetry run pytest", { class: "test" }],
  ["pip install requests", { class: "install" }],
  ["python -m pip install requests", { class: "install" }],
  ["uv add requests", { class: "install" }],
  ["git commit -m 'a.py'", { class: "git" }],
  ["ls", { class: "other" }],
  ["rm a.py", { class: "other" }],
  ["", { class: "other" }],
];

for (const [commandLine, expected] of cases) {
  test(`the class of: ${commandLine}`, () => {
    assert.deepEqual(classify(commandLine), expected);
  });
}
