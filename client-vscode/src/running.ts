/**
 * Tells the server how programs, tests and debug sessions ended.
 *
 * Of a command in a terminal its class, exit code and duration are told. What a Python program or a
 * test run prints is read for the type and place of an error and the number of tests, in memory and
 * no longer than the run: no text of a terminal leaves this file.
 */

import {
  type DebugAdapterTracker,
  type DebugSession,
  type Disposable,
  ProcessExecution,
  type Task,
  type TaskExecution,
  type TerminalShellExecution,
  type TextDocument,
  debug,
  tasks,
  window,
  workspace,
} from "vscode";
import { type Failure, failureIn, testCountsIn } from "./outcome";
import { type Server, isHelped } from "./server";
import { type ShellCommand, classify } from "./shellCommand";

/** A traceback stands at the end of what a program prints. */
const KEPT_CHARACTERS = 16_000;
const DEBUGGERS = ["debugpy", "python"];

/** Begin to tell the server of the outcomes of terminals, tasks and debug sessions. */
export function watchRuns(server: Server): Disposable[] {
  return [
    ...watchTerminals(server),
    ...watchTasks(server),
    ...DEBUGGERS.map((type) =>
      debug.registerDebugAdapterTrackerFactory(type, {
        createDebugAdapterTracker: (session) => new DebugTracker(server, session),
      }),
    ),
  ];
}

interface Run {
  command: ShellCommand;
  startedMs: number;
  output: Promise<string>;
}

function watchTerminals(server: Server): Disposable[] {
  const runs = new WeakMap<TerminalShellExecution, Run>();
  return [
    window.onDidStartTerminalShellExecution(({ execution }) => {
      const command = classify(execution.commandLine.value);
      const isOurs = command.class === "run" || command.class === "test";
      const output = isOurs ? tailOf(execution) : Promise.resolve("");
      runs.set(execution, { command, startedMs: performance.now(), output });
    }),
    window.onDidEndTerminalShellExecution(async ({ execution, exitCode }) => {
      const run = runs.get(execution);
      if (run !== undefined) {
        runs.delete(execution);
        const durationMs = performance.now() - run.startedMs;
        tell(server, run.command, exitCode, durationMs, await run.output);
      }
    }),
  ];
}

/** Return the end of what a command prints, once it has ended. */
async function tailOf(execution: TerminalShellExecution): Promise<string> {
  let tail = "";
  for await (const part of execution.read()) {
    tail = (tail + part).slice(-KEPT_CHARACTERS);
  }
  return tail;
}

function watchTasks(server: Server): Disposable[] {
  const started = new Map<TaskExecution, number>();
  return [
    tasks.onDidStartTaskProcess(({ execution }) => {
      started.set(execution, performance.now());
    }),
    tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      const startedMs = started.get(execution);
      started.delete(execution);
      if (startedMs !== undefined) {
        const command = classify(commandOf(execution.task));
        tell(server, command, exitCode, performance.now() - startedMs, "");
      }
    }),
  ];
}

function commandOf({ execution }: Task): string {
  if (execution instanceof ProcessExecution) {
    return [execution.process, ...execution.args].map((word) => `"${word}"`).join(" ");
  }
  if (execution === undefined || !("commandLine" in execution)) {
    return "";
  }
  if (execution.commandLine !== undefined) {
    return execution.commandLine;
  }
  const all = [execution.command, ...(execution.args ?? [])];
  return all.map((word) => (typeof word === "string" ? word : (word?.value ?? ""))).join(" ");
}

function tell(
  server: Server,
  command: ShellCommand,
  exitCode: number | undefined,
  durationMs: number,
  output: string,
): void {
  const ending = {
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    duration_ms: Math.round(durationMs),
  };
  const document = programOf(command);
  if (command.class === "test") {
    const counts = testCountsIn(output);
    if (counts !== undefined) {
      server.report({ kind: "tests", data: { ...counts } }, document);
    }
  } else if (command.class === "run" && document !== undefined) {
    const failure = exitCode === 0 ? undefined : failureIn(output, document.uri.fsPath);
    server.report({ kind: "run", data: { ...ending, ...asData(failure) } }, document);
  }
  server.report({ kind: "terminal", data: { command_class: command.class, ...ending } });
}

function asData(failure: Failure | undefined): object {
  if (failure === undefined) {
    return {};
  }
  const { errorType, ...place } = failure;
  return { error_type: errorType, ...place };
}

/** Return the document of the program that a command ran; of tests, the one at hand will do. */
function programOf({ class: kind, program }: ShellCommand): TextDocument | undefined {
  const name = program?.replace(/\\/g, "/").replace(/^(?:\.\/)+/, "");
  if (name !== undefined) {
    const named = workspace.textDocuments.find(
      ({ uri }) => uri.path === name || uri.path.endsWith(`/${name}`),
    );
    if (named !== undefined && isHelped(named)) {
      return named;
    }
  }
  const active = window.activeTextEditor?.document;
  return kind === "test" && active !== undefined && isHelped(active) ? active : undefined;
}

/** What is needed of the messages of the debug adapter protocol. */
interface AdapterMessage {
  type?: string;
  event?: string;
  body?: { exitCode?: number; category?: string; output?: string; reason?: string; text?: string };
}

/** Follows one debug session: how much it prints, and how it ends. */
class DebugTracker implements DebugAdapterTracker {
  private startedMs = performance.now();
  private exitCode: number | undefined;
  private errorType: string | undefined;
  private readonly printed = new Map<string, number>();

  constructor(
    private readonly server: Server,
    private readonly session: DebugSession,
  ) {}

  onWillStartSession(): void {
    this.startedMs = performance.now();
  }

  onDidSendMessage({ type, event, body = {} }: AdapterMessage): void {
    if (type !== "event") {
      return;
    }
    if (event === "output" && body.output !== undefined) {
      const category = body.category ?? "console";
      this.printed.set(
        category,
        (this.printed.get(category) ?? 0) + Array.from(body.output).length,
      );
    } else if (event === "stopped" && body.reason === "exception") {
      // The type only: a message may hold what the program works with.
      this.errorType = /^[\w.]+$/.exec(body.text ?? "")?.[0];
    } else if (event === "exited") {
      this.exitCode = body.exitCode;
    }
  }

  onWillStopSession(): void {
    for (const [category, characters] of this.printed) {
      this.server.report({ kind: "debug", data: { category, characters } });
    }
    const program: unknown = this.session.configuration.program;
    if (typeof program === "string") {
      const data = {
        ...(this.exitCode === undefined ? {} : { exit_code: this.exitCode }),
        ...(this.errorType === undefined ? {} : { error_type: this.errorType }),
        duration_ms: Math.round(performance.now() - this.startedMs),
      };
      this.server.report({ kind: "run", data }, programOf({ class: "run", program }));
    }
  }
}
