/**
 * What kind of command a person gave in a terminal.
 *
 * Only the kind, and which program was run, leave this file: the command itself is not recorded.
 */

export type CommandClass = "run" | "test" | "install" | "git" | "other";

export interface ShellCommand {
  class: CommandClass;
  /** The Python program that it runs or tests, as the person named it. */
  program?: string;
}

const PYTHON = /^(?:python|pypy)[\d.]*w?$|^py$/;
const TESTERS = new Set(["pytest", "py.test", "tox", "nox", "unittest", "doctest"]);
const INSTALLERS = new Set(["pip", "pip3", "pipx", "uv", "conda", "mamba", "poetry", "pdm", "apt"]);
/** Commands that run another one, with the word that introduces it. */
const RUNNERS: Readonly<Record<string, string | undefined>> = {
  uv: "run",
  poetry: "run",
  pdm: "run",
  pipenv: "run",
  hatch: "run",
  time: undefined,
  sudo: undefined,
  env: undefined,
};

export function classify(commandLine: string): ShellCommand {
  return classifyWords(words(commandLine));
}

function classifyWords(all: string[]): ShellCommand {
  const start = all.findIndex((word) => word !== "&" && !/^[A-Za-z_]\w*=/.test(word));
  const [command = "", ...rest] = start === -1 ? [] : all.slice(start);
  const name = baseName(command);
  if (name in RUNNERS && (RUNNERS[name] === undefined || rest[0] === RUNNERS[name])) {
    return classifyWords(RUNNERS[name] === undefined ? rest : rest.slice(1));
  }
  if (PYTHON.test(name)) {
    return classifyPython(rest);
  }
  if (TESTERS.has(name)) {
    return { class: "test", ...named(programIn(rest)) };
  }
  if (INSTALLERS.has(name)) {
    return { class: "install" };
  }
  if (command.endsWith(".py")) {
    return { class: "run", program: command };
  }
  return { class: name === "git" ? "git" : "other" };
}

function classifyPython(options: string[]): ShellCommand {
  const module = options.indexOf("-m");
  const program = programIn(options);
  const before = program === undefined ? options.length : options.indexOf(program);
  if (module === -1 || module > before) {
    return { class: "run", ...named(program) };
  }
  const name = options[module + 1] ?? "";
  if (TESTERS.has(name)) {
    return { class: "test", ...named(program) };
  }
  return INSTALLERS.has(name) ? { class: "install" } : { class: "run", ...named(program) };
}

function programIn(options: string[]): string | undefined {
  return options.map((word) => word.replace(/::.*$/, "")).find((word) => word.endsWith(".py"));
}

function named(program: string | undefined): { program?: string } {
  return program === undefined ? {} : { program };
}

function baseName(command: string): string {
  return command.replace(/^.*[\\/]/, "").replace(/\.exe$/i, "");
}

/** Split a command at its spaces; quotes keep what is in them together. */
function words(commandLine: string): string[] {
  const matches = commandLine.matchAll(/(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g);
  return [...matches].map(([, double, single, bare]) => double ?? single ?? bare ?? "");
}
