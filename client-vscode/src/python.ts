/** Pythons: how they are looked for, and what they and pip say, read. */

export const OLDEST_PYTHON = [3, 10] as const;

/** A way to start a Python: a command and what comes before its other arguments. */
export type Starter = readonly [command: string, ...args: string[]];

export interface Probe {
  version: readonly [major: number, minor: number];
  /** Whether Foretrace is installed there. */
  hasForetrace: boolean;
}

/** A program that says what `readProbe` reads. */
export const PROBE = [
  "import sys",
  "from importlib.util import find_spec",
  "print(sys.version_info[0], sys.version_info[1], int(find_spec('foretrace_server') is not None))",
].join("; ");

export function readProbe(output: string): Probe | undefined {
  const [, major, minor, has] = /^(\d+) (\d+) ([01])$/m.exec(output) ?? [];
  if (major === undefined || minor === undefined) {
    return undefined;
  }
  return { version: [Number(major), Number(minor)], hasForetrace: has === "1" };
}

export function isNewEnough([major, minor]: readonly [number, number]): boolean {
  const [oldestMajor, oldestMinor] = OLDEST_PYTHON;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** The Pythons to try, the likeliest first. */
export function starters(platform: NodeJS.Platform): Starter[] {
  if (platform === "win32") {
    return [["py", "-3"], ["python"], ["python3"]];
  }
  const newer = [14, 13, 12, 11, 10].map((minor): Starter => [`python3.${minor.toString()}`]);
  return [["python3"], ["python"], ...newer];
}

/** Where the Python of an environment is, by its folder's parts. */
export function pythonIn(platform: NodeJS.Platform): readonly string[] {
  return platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
}

export type SetupProblem = "certificate" | "offline" | "disk" | "no venv" | "other";

const PROBLEMS: readonly (readonly [SetupProblem, RegExp])[] = [
  ["no venv", /No module named '?venv/],
  ["disk", /No space left|Errno 28|disk is full|Errno 122/i],
  // Before the next one: pip tells of it as of an index that it could not reach.
  ["certificate", /CERTIFICATE_VERIFY_FAILED/],
  [
    "offline",
    /NewConnectionError|ConnectTimeout|ConnectionError|name resolution|getaddrinfo|Max retries|No route|ProxyError|unreachable|Could not fetch URL/i,
  ],
];

/** Return why setting up failed, from what was printed. */
export function problemIn(output: string): SetupProblem {
  return PROBLEMS.find(([, pattern]) => pattern.test(output))?.[0] ?? "other";
}

/** Return which package pip gets, if a line of its output tells. */
export function packageIn(line: string): string | undefined {
  return /^\s*Collecting ([\w.-]+)/.exec(line)?.[1];
}

/** Return whether a line of pip's output tells that it has got everything. */
export function isUnpacking(line: string): boolean {
  return line.startsWith("Installing collected packages");
}
