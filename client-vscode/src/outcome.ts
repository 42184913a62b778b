/**
 * How a run ended, read from what it printed.
 *
 * A terminal's text is not recorded: it is read here and let go, and only the type of an error, its
 * line and function, and the number of tests go further.
 */

export interface Failure {
  errorType: string;
  /** Counted from 1; that of the innermost frame in the program itself. */
  line?: number;
  function?: string;
}

export interface TestCounts {
  passed: number;
  failed: number;
}

const FRAME = /^\s*File "(.+)", line (\d+)(?:, in (\S+))?/;
const ERROR = /^(?:\w+\.)*([A-Z]\w*(?:Error|Exception|Warning|Interrupt|Exit|Iteration))(?::.*)?$/;
// Colours, and the marks by which a terminal knows where a command begins and ends.
const ESCAPE = String.raw`\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])`;
const ESCAPES = new RegExp(ESCAPE, "g");

/** Return how the last traceback in an output says that a program failed. */
export function failureIn(output: string, program: string): Failure | undefined {
  const lines = plain(output);
  const end = lines.findLastIndex((line) => ERROR.test(line));
  const [, errorType] = ERROR.exec(lines[end] ?? "") ?? [];
  if (errorType === undefined) {
    return undefined;
  }
  const header = lines.slice(0, end).findLastIndex((line) => line.startsWith("Traceback (most"));
  const frames = lines.slice(header + 1, end).flatMap((line) => {
    const [, file = "", number = "", name] = FRAME.exec(line) ?? [];
    return file === "" ? [] : [{ file, line: Number(number), name }];
  });
  const own = frames.findLast(({ file }) => sameFile(file, program));
  if (own === undefined) {
    return { errorType };
  }
  const inFunction = own.name !== undefined && own.name !== "<module>";
  return { errorType, line: own.line, ...(inFunction ? { function: own.name } : {}) };
}

/** Return how many tests passed and failed, as pytest or unittest sums it up. */
export function testCountsIn(output: string): TestCounts | undefined {
  const lines = plain(output);
  const summary = lines.findLast((line) => /\b(?:passed|failed|errors?)\b.* in [\d.]+s/.test(line));
  if (summary !== undefined) {
    const count = (what: string): number =>
      Number(new RegExp(`(\\d+) ${what}`).exec(summary)?.[1] ?? 0);
    return { passed: count("passed"), failed: count("failed") + count("error") };
  }
  const [, ran] = lines.map((line) => /^Ran (\d+) tests? in /.exec(line)).findLast(Boolean) ?? [];
  if (ran === undefined) {
    return undefined;
  }
  const verdict = lines.findLast((line) => /^(?:OK|FAILED)\b/.test(line)) ?? "";
  const failed = [...verdict.matchAll(/(?:failures|errors)=(\d+)/g)]
    .map(([, number]) => Number(number))
    .reduce((sum, number) => sum + number, 0);
  return { passed: Number(ran) - failed, failed };
}

function plain(output: string): string[] {
  return output.replace(ESCAPES, "").split(/\r*\n/);
}

/** A traceback has a program's whole path or the name that it was run by. */
function sameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => path.replace(/\\/g, "/").replace(/^\.\//, ""));
  return (
    a !== undefined && b !== undefined && (`/${a}`.endsWith(`/${b}`) || `/${b}`.endsWith(`/${a}`))
  );
}
