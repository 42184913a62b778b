/**
 * The Python that the server runs in: one that a person chose and that has Foretrace, or else an
 * environment that is made here from the wheel that the extension carries.
 */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { log } from "./log";
import {
  PROBE,
  type Probe,
  type SetupProblem,
  type Starter,
  isNewEnough,
  isUnpacking,
  packageIn,
  problemIn,
  pythonIn,
  readProbe,
  starters,
} from "./python";

const PROBE_PATIENCE_MS = 10_000;
const LOCK = ".lock";
const LOCK_LOOK_MS = 500;
const PIP_OPTIONS = [
  "--no-input",
  "--disable-pip-version-check",
  "--progress-bar=off",
  "--prefer-binary",
  "--retries=2",
];

export type Trouble = SetupProblem | "no python" | "old python" | "not a python" | "no wheel";

/** Why there is no Python to run the server in; `detail` names the culprit. */
export class SetupError extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly detail = "",
  ) {
    super(`${trouble}: ${detail}`);
  }
}

/** A Python that has Foretrace, and the environment variables to run it with. */
export interface Python {
  path: string;
  variables: NodeJS.ProcessEnv;
}

/** What the making of an environment tells while it goes on. */
export type Step = "making" | "waiting" | "getting" | "unpacking";

export type Tell = (step: Step, detail?: string) => void;

/** Runs the making of an environment, shows what it tells, and says when a person cancels it. */
export type Show = (task: (tell: Tell, cancelled: AbortSignal) => Promise<void>) => Promise<void>;

export class Environment {
  /**
   * `carried` is the folder with the wheels of Foretrace and of pip, `home` one to keep what is made,
   * `proxy` gives the environment variables that have pip go the way of VS Code.
   */
  constructor(
    private readonly carried: string,
    private readonly home: string,
    private readonly proxy: () => Record<string, string>,
    private readonly show: Show,
  ) {}

  /**
   * Return the Python to run the server with, after making an environment where there is none.
   *
   * @throws SetupError where that is impossible, and an AbortError where a person cancelled it.
   */
  async python(chosen: string): Promise<Python> {
    if (chosen !== "") {
      const probe = await probed([chosen]);
      if (probe === undefined) {
        throw new SetupError("not a python", chosen);
      }
      if (probe.hasForetrace) {
        return { path: chosen, variables: process.env };
      }
      if (!isNewEnough(probe.version)) {
        throw new SetupError("old python", chosen);
      }
    }
    const wheel = await this.wheel("foretrace");
    const folder = join(this.home, await nameOf(wheel, chosen));
    const python = join(folder, ...pythonIn(process.platform));
    if (isReady(folder, python)) {
      await this.forgetOthers(folder);
    } else {
      await mkdir(this.home, { recursive: true });
      const base: Starter = chosen === "" ? await findPython() : [chosen];
      await this.show((tell, cancelled) =>
        alone(folder, tell, cancelled, async () => {
          if (!isReady(folder, python)) {
            await this.make(folder, python, base, wheel, tell, cancelled);
          }
        }),
      );
    }
    return { path: python, variables: ownVariables() };
  }

  private async make(
    folder: string,
    python: string,
    base: Starter,
    wheel: string,
    tell: Tell,
    cancelled: AbortSignal,
  ): Promise<void> {
    const [command, ...first] = base;
    const pip = join(await this.wheel("pip"), "pip");
    await rm(folder, { recursive: true, force: true });
    try {
      tell("making");
      // pip comes along: Debian and Ubuntu leave out of python3 what would bring it.
      await run(command, [...first, "-I", "-m", "venv", "--without-pip", folder], cancelled);
      tell("getting");
      const onLine = (line: string): void => {
        const name = packageIn(line);
        if (name !== undefined) {
          tell("getting", name);
        } else if (isUnpacking(line)) {
          tell("unpacking");
        }
      };
      const variables = { ...ownVariables(), ...this.proxy() };
      await run(python, ["-I", pip, "install", ...PIP_OPTIONS, wheel], cancelled, {
        variables,
        onLine,
      });
      await writeFile(markOf(folder), "");
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private async wheel(project: string): Promise<string> {
    const files = existsSync(this.carried) ? await readdir(this.carried) : [];
    const name = files.find((file) => file.startsWith(`${project}-`) && file.endsWith(".whl"));
    if (name === undefined) {
      throw new SetupError("no wheel", project);
    }
    return join(this.carried, name);
  }

  /**
   * Remove the environments of older versions. Not when a new one was just made: windows that still
   * run the old one go on until they are reloaded.
   */
  private async forgetOthers(folder: string): Promise<void> {
    const names = await readdir(this.home);
    const made = names.filter((name) => !name.endsWith(LOCK) && !names.includes(name + LOCK));
    for (const name of made.filter((each) => each !== basename(folder))) {
      await rm(join(this.home, name), { recursive: true, force: true }).catch((error: unknown) => {
        log().warn(`An old environment cannot be removed: ${name}:`, error);
      });
    }
  }
}

/** One name for one content of the wheel and one Python, so that a new one makes a new folder. */
async function nameOf(wheel: string, chosen: string): Promise<string> {
  const [, version = ""] = basename(wheel).split("-");
  const digest = createHash("sha256")
    .update(await readFile(wheel))
    .update(chosen)
    .digest("hex");
  return `${version}-${digest.slice(0, 12)}`;
}

function markOf(folder: string): string {
  return join(folder, "foretrace-is-installed");
}

function isReady(folder: string, python: string): boolean {
  return existsSync(markOf(folder)) && existsSync(python);
}

/** @throws SetupError where there is none that is new enough. */
async function findPython(): Promise<Starter> {
  let old = "";
  for (const starter of starters(process.platform)) {
    const probe = await probed(starter);
    if (probe !== undefined) {
      const name = `${starter.join(" ")} (${probe.version.join(".")})`;
      if (isNewEnough(probe.version)) {
        log().info(`The environment is made with ${name}.`);
        return starter;
      }
      old = old === "" ? name : old;
    }
  }
  throw new SetupError(old === "" ? "no python" : "old python", old);
}

async function probed([command, ...first]: Starter): Promise<Probe | undefined> {
  const output = await run(
    command,
    [...first, "-c", PROBE],
    AbortSignal.timeout(PROBE_PATIENCE_MS),
    { variables: process.env },
  ).catch((error: unknown) => {
    log().debug(`${command} cannot be used:`, error);
    return "";
  });
  return readProbe(output);
}

/** Do something while no other window makes the same folder. */
async function alone(
  folder: string,
  tell: Tell,
  cancelled: AbortSignal,
  task: () => Promise<void>,
): Promise<void> {
  const lock = folder + LOCK;
  while (!(await taken(lock))) {
    const owner = Number(await readFile(lock, "utf8").catch(() => ""));
    if (isAlive(owner)) {
      tell("waiting");
      await setTimeout(LOCK_LOOK_MS, undefined, { signal: cancelled });
    } else {
      await rm(lock, { force: true });
    }
  }
  try {
    await task();
  } finally {
    await rm(lock, { force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  const draft = `${lock}.${process.pid.toString()}`;
  await writeFile(draft, process.pid.toString());
  try {
    // Linking is the one step that both makes the whole file appear and loses to who was first.
    await link(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  } finally {
    await rm(draft);
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Run a command to its end and return what it printed.
 *
 * @throws SetupError where it fails, and an AbortError where it was cancelled.
 */
async function run(
  command: string,
  args: string[],
  cancelled: AbortSignal,
  {
    variables = ownVariables(),
    onLine = () => undefined,
  }: { variables?: NodeJS.ProcessEnv; onLine?: (line: string) => void } = {},
): Promise<string> {
  cancelled.throwIfAborted();
  const child = spawn(command, args, {
    // Python looks for modules where it is started: not among those of a workspace.
    cwd: __dirname,
    env: variables,
    signal: cancelled,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const lines: string[] = [];
  const take = (line: string): void => {
    lines.push(line);
    onLine(line);
  };
  createInterface({ input: child.stdout }).on("line", take);
  createInterface({ input: child.stderr }).on("line", take);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => {
      // One that was started and cancelled may write until it has ended.
      if (child.pid === undefined) {
        reject(error);
      }
    });
    child.on("close", resolve);
  });
  cancelled.throwIfAborted();
  const output = lines.join("\n");
  if (code !== 0) {
    log().info(`${command} ${args.join(" ")}\n${output}`);
    throw new SetupError(
      problemIn(output),
      lines.findLast((line) => line.trim() !== ""),
    );
  }
  return output;
}

/** The environment variables for our own Python: none that would have it find other modules. */
function ownVariables(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONPATH: undefined, PYTHONHOME: undefined };
}
