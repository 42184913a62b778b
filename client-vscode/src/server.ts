/** The server of a window: starts it, replaces it, ends it, and asks it. */

import { setTimeout } from "node:timers/promises";
import { type Disposable, EventEmitter, type TextDocument, type Uri, workspace } from "vscode";
import {
  type CodeAction,
  type Command,
  CodeActionKind,
  type CodeActionParams,
  CodeActionRequest,
  CodeActionTriggerKind,
  ExecuteCommandRequest,
  type LanguageClient,
  State,
} from "vscode-languageclient/node";
import { DOCUMENTS, makeClient } from "./client";
import { settings } from "./configuration";
import { type Environment, type Python } from "./environment";
import type { GhostText } from "./ghostText";
import { log } from "./log";
import type { Overview, Played, Profile, Recording } from "./mine/told";
import { oneAtATime } from "./oneAtATime";
import type { Level } from "./settings";
import {
  type Action,
  CONSENT_DECIDE,
  CONSENT_NOTICE,
  type Consent,
  DISMISSED,
  EXPORT_BUNDLE,
  FORGET,
  type HandedIn,
  type Receipt,
  type ToForget,
  type DocumentParams,
  EVENT,
  type EventParams,
  INTENT,
  INTENT_CHANGED,
  type Intent,
  MINE_OVERVIEW,
  MINE_PLAYBACK,
  MINE_PROFILE,
  MORE_HELP,
  type Notice,
  type Report,
  SENDING,
  SNOOZE,
  type SendingParams,
  STATUS,
  type Status,
  TRUST,
  type Terms,
  type Timing,
  type TrustParams,
  WHY,
  type Why,
} from "./protocol";

const PATIENCE_MS = 2000;

/** The most that can be taken of a fix, the way to more help than is shown, and the level so far. */
export interface Offered {
  fix: CodeAction | undefined;
  more: Command | undefined;
  level: Level | undefined;
}

export type ServerState = "preparing" | "starting" | "running" | "stopped";

export class Server implements Disposable {
  /** Start the server, or put a new one in its place. */
  readonly restart = oneAtATime(() => this.replace());

  private readonly stateChanged = new EventEmitter<ServerState>();
  private readonly looked = new EventEmitter<Uri>();
  private readonly intentChanged = new EventEmitter<Intent>();
  private readonly forgotten = new EventEmitter<void>();
  readonly onDidChangeState = this.stateChanged.event;
  /** The server has looked at a document: what it offers for it may be another. */
  readonly onDidLook = this.looked.event;
  readonly onDidChangeIntent = this.intentChanged.event;
  /** Something that was recorded was forgotten. */
  readonly onDidForget = this.forgotten.event;

  private client: LanguageClient | undefined;
  private current: ServerState = "stopped";
  private used: Python | undefined;
  private lastFailure: unknown;

  /** `home` is the folder to start the server in; `fail` tells a person why there is none. */
  constructor(
    private readonly environment: Environment,
    private readonly home: string,
    private readonly ghostText: GhostText,
    private readonly fail: (error: unknown) => void,
  ) {}

  get state(): ServerState {
    return this.current;
  }

  /** The Python that the server was last started with. */
  get python(): Python | undefined {
    return this.used;
  }

  /** Why there is no server, where one could not be started. */
  get failure(): unknown {
    return this.lastFailure;
  }

  dispose(): void {
    this.stateChanged.dispose();
    this.looked.dispose();
    this.intentChanged.dispose();
    this.forgotten.dispose();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) {
      // Only a client that runs can be stopped, and a server that keeps silent never lets it run.
      await Promise.race([settled(client), setTimeout(PATIENCE_MS)]);
    }
    if (client?.state === State.Running) {
      await client.stop().catch((error: unknown) => {
        log().warn("The server did not stop as it should:", error);
      });
    } else {
      client?.serverProcess?.kill();
    }
  }

  /** Tell the server that the workspace is trusted now; one that starts later knows. */
  async trust(): Promise<void> {
    const params: TrustParams = { trusted: true };
    await this.notify(TRUST, params);
  }

  /** Tell the server whether anything may be sent, now that this changed. */
  async allowSending(allowed: boolean): Promise<void> {
    const params: SendingParams = { allowed };
    await this.notify(SENDING, params);
  }

  /** Tell the server something that the editor saw; what a server that is not there missed is lost. */
  report(report: Report, document?: TextDocument, version = document?.version): void {
    const uri = document === undefined ? undefined : this.uriOf(document.uri);
    const params: EventParams = {
      ...report,
      ...(uri === undefined ? {} : { uri }),
      ...(version === undefined ? {} : { version }),
      monotonicMs: performance.now(),
    };
    void this.notify(EVENT, params);
  }

  why(document: Uri): Promise<Why> {
    return this.request(WHY, this.documentParams(document));
  }

  intent(document: Uri): Promise<Intent> {
    return this.request(INTENT, this.documentParams(document));
  }

  status(): Promise<Status> {
    return this.request(STATUS);
  }

  notice(): Promise<Notice> {
    return this.command(CONSENT_NOTICE);
  }

  decide(action: Action, terms: Terms = {}): Promise<Consent> {
    return this.command(CONSENT_DECIDE, action, terms);
  }

  async forget(what: ToForget): Promise<Receipt> {
    const receipt = await this.command<Receipt>(FORGET, what);
    if (what.preview !== true) {
      this.forgotten.fire();
    }
    return receipt;
  }

  exportBundle(path: string): Promise<HandedIn> {
    return this.command(EXPORT_BUNDLE, path);
  }

  mineOverview(): Promise<Overview> {
    return this.command(MINE_OVERVIEW);
  }

  mineProfile(): Promise<Profile> {
    return this.command(MINE_PROFILE);
  }

  minePlayback(of: Played): Promise<Recording> {
    return this.command(MINE_PLAYBACK, of);
  }

  async dismiss(suggestion: string): Promise<void> {
    await this.command(DISMISSED, suggestion);
  }

  /** Have nothing come by itself: for so many minutes, until the server ends (null), or no more (0). */
  snooze(minutes: number | null): Promise<Timing> {
    return this.command(SNOOZE, minutes);
  }

  /** Give the next level of help with the problem of a document. */
  moreHelp(document: Uri): Promise<Why> {
    return this.command(MORE_HELP, this.documentParams(document).textDocument.uri);
  }

  /** Return what is on offer for a document, without having a fix looked for. */
  async offered(document: TextDocument): Promise<Offered> {
    const params: CodeActionParams = {
      ...this.documentParams(document.uri),
      range: { start: { line: 0, character: 0 }, end: { line: document.lineCount, character: 0 } },
      context: {
        diagnostics: [],
        only: [CodeActionKind.QuickFix],
        triggerKind: CodeActionTriggerKind.Automatic,
      },
    };
    const answers = await this.running().sendRequest(CodeActionRequest.type, params);
    const { level } = await this.why(document.uri);
    return {
      level: level ?? undefined,
      fix: answers?.find((each): each is CodeAction => "edit" in each),
      more: answers?.find((each): each is Command => each.command === MORE_HELP),
    };
  }

  uriOf(document: Uri): string | undefined {
    return this.client?.code2ProtocolConverter.asUri(document);
  }

  private documentParams(document: Uri): DocumentParams {
    return { textDocument: { uri: this.running().code2ProtocolConverter.asUri(document) } };
  }

  private command<Result>(command: string, ...args: unknown[]): Promise<Result> {
    return this.running().sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
  }

  private async request<Result>(method: string, params?: unknown): Promise<Result> {
    return this.running().sendRequest<Result>(method, params);
  }

  private async notify(method: string, params: unknown): Promise<void> {
    if (this.client?.needsStop()) {
      await this.client.sendNotification(method, params).catch((error: unknown) => {
        log().warn(`The server was not told ${method}:`, error);
      });
    }
  }

  private running(): LanguageClient {
    if (this.client === undefined) {
      throw new Error("there is no server");
    }
    return this.client;
  }

  private enter(state: ServerState): void {
    this.current = state;
    this.stateChanged.fire(state);
  }

  private async replace(): Promise<void> {
    await this.stop();
    this.lastFailure = undefined;
    this.enter("preparing");
    try {
      this.used = await this.environment.python(settings().interpreter);
    } catch (error) {
      this.lastFailure = error;
      this.enter("stopped");
      this.fail(error);
      return;
    }
    const client = makeClient(this.used, this.home, this.ghostText, (document) => {
      this.looked.fire(document);
    });
    this.client = client;
    client.onNotification(INTENT_CHANGED, (intent: Intent) => {
      this.intentChanged.fire(intent);
    });
    client.onDidChangeState(({ newState }) => {
      if (this.client === client) {
        this.follow(newState);
      }
    });
    // Not waited for: a restart must be possible while a server keeps silent.
    void settled(client);
  }

  private follow(state: State): void {
    if (state === State.Running) {
      this.enter("running");
    } else if (state === State.Starting) {
      this.enter("starting");
    } else {
      this.enter("stopped");
      if (state === State.StartFailed) {
        this.lastFailure = new Error("the server did not start");
        this.fail(this.lastFailure);
      }
    }
  }
}

/** Start a client, unless it was; its state and the log tell how that went. */
async function settled(client: LanguageClient): Promise<void> {
  await client.start().catch(() => undefined);
}

/** Return the open document of an address, if it is one that the server is told of. */
export function helped(uri: Uri | undefined): TextDocument | undefined {
  return workspace.textDocuments.find(
    (document) => document.uri.toString() === uri?.toString() && isHelped(document),
  );
}

export function isHelped(document: TextDocument): boolean {
  return document.languageId === DOCUMENTS.language && document.uri.scheme === DOCUMENTS.scheme;
}
