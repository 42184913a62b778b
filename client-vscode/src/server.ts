/** The server of a window: starts it, replaces it, ends it, and asks it. */

import { setTimeout } from "node:timers/promises";
import { type Uri, commands, window } from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import { makeClient } from "./client";
import { log } from "./log";
import { oneAtATime } from "./oneAtATime";
import { type DocumentParams, TRUST, type TrustParams, WHY, type Why } from "./protocol";

const PATIENCE_MS = 2000;

export class Server {
  /** Start the server, or put a new one in its place. */
  readonly restart = oneAtATime(() => this.replace());

  private client: LanguageClient | undefined;

  /** `home` is the folder to start the server in. */
  constructor(private readonly home: string) {}

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
    if (this.client?.needsStop()) {
      const params: TrustParams = { trusted: true };
      await this.client.sendNotification(TRUST, params).catch((error: unknown) => {
        log().warn("The server was not told that the workspace is trusted:", error);
      });
    }
  }

  async why(document: Uri): Promise<Why> {
    if (this.client === undefined) {
      throw new Error("there is no server");
    }
    const uri = this.client.code2ProtocolConverter.asUri(document);
    const params: DocumentParams = { textDocument: { uri } };
    return this.client.sendRequest<Why>(WHY, params);
  }

  private async replace(): Promise<void> {
    await this.stop();
    const client = makeClient(this.home);
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (newState === State.StartFailed && this.client === client) {
        void advise();
      }
    });
    // Not waited for: a restart must be possible while a server keeps silent.
    void settled(client);
  }
}

/** Start a client, unless it was; its state and the log tell how that went. */
async function settled(client: LanguageClient): Promise<void> {
  await client.start().catch(() => undefined);
}

async function advise(): Promise<void> {
  const settings = "Open Settings";
  const answer = await window.showErrorMessage(
    "Foretrace could not start its server. Install it with `pip install foretrace`, or set the " +
      "Python that has it.",
    settings,
    "Show Log",
  );
  if (answer === settings) {
    await commands.executeCommand("workbench.action.openSettings", "foretrace.interpreter");
  } else if (answer !== undefined) {
    log().show();
  }
}
