/** Settings: what a person can set, and the command that follows from it. */

export const SECTION = "foretrace";

const RUN_PROGRAMS = ["ask", "always", "never"] as const;

export type RunPrograms = (typeof RUN_PROGRAMS)[number];

export interface Settings {
  runPrograms: RunPrograms;
  interpreter: string;
}

export interface Command {
  command: string;
  args: string[];
}

/** What is needed of `vscode.WorkspaceConfiguration`; settings files can hold anything. */
interface Section {
  get(key: keyof Settings): unknown;
}

export function readSettings(section: Section): Settings {
  const runPrograms = section.get("runPrograms");
  const interpreter = section.get("interpreter");
  return {
    runPrograms: RUN_PROGRAMS.find((choice) => choice === runPrograms) ?? "ask",
    interpreter: typeof interpreter === "string" ? interpreter.trim() : "",
  };
}

export function serverCommand({ interpreter }: Settings): Command {
  return interpreter === ""
    ? { command: "foretrace", args: ["lsp"] }
    : { command: interpreter, args: ["-m", "foretrace_server", "lsp"] };
}
