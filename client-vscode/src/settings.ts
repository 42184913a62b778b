/** Settings: what a person can set. */

export const SECTION = "foretrace";

const RUN_PROGRAMS = ["ask", "always", "never"] as const;

export type RunPrograms = (typeof RUN_PROGRAMS)[number];

export const LEVELS = ["off", "nudge", "hint", "step", "fix"] as const;

/** How much help is given: nothing, where to look, what is wrong, the next edit, all of them. */
export type Level = (typeof LEVELS)[number];

/** Return whether one level gives more help than another. */
export function isAbove(level: Level, other: Level): boolean {
  return LEVELS.indexOf(level) > LEVELS.indexOf(other);
}

export interface Settings {
  runPrograms: RunPrograms;
  level: Level;
  /** How long nothing must be written before help comes by itself. */
  minimumIdleMs: number;
  interpreter: string;
  ghostText: boolean;
  codeLens: boolean;
  showIntent: boolean;
}

export const DEFAULTS: Readonly<Settings> = {
  runPrograms: "ask",
  level: "fix",
  minimumIdleMs: 1000,
  interpreter: "",
  ghostText: true,
  codeLens: true,
  showIntent: true,
};

/** What is needed of `vscode.WorkspaceConfiguration`; settings files can hold anything. */
interface Section {
  get(key: keyof Settings): unknown;
}

export function readSettings(section: Section): Settings {
  const runPrograms = section.get("runPrograms");
  const level = section.get("level");
  const minimumIdleMs = section.get("minimumIdleMs");
  const interpreter = section.get("interpreter");
  const choice = (key: "ghostText" | "codeLens" | "showIntent"): boolean => {
    const value = section.get(key);
    return typeof value === "boolean" ? value : DEFAULTS[key];
  };
  return {
    runPrograms: RUN_PROGRAMS.find((each) => each === runPrograms) ?? DEFAULTS.runPrograms,
    level: LEVELS.find((each) => each === level) ?? DEFAULTS.level,
    minimumIdleMs: isIdleTime(minimumIdleMs) ? minimumIdleMs : DEFAULTS.minimumIdleMs,
    interpreter: typeof interpreter === "string" ? interpreter.trim() : DEFAULTS.interpreter,
    ghostText: choice("ghostText"),
    codeLens: choice("codeLens"),
    showIntent: choice("showIntent"),
  };
}

function isIdleTime(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 60_000;
}
