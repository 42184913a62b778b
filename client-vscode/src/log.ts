/** The log: one output channel for the extension, the language client and the server. */

import { type LogOutputChannel, window } from "vscode";

let channel: LogOutputChannel | undefined;

/**
 * Return the channel, made when it is first needed.
 *
 * It is never disposed: a server that is ending still logs after the extension's subscriptions are
 * gone, and the extension host ends right after.
 */
export function log(): LogOutputChannel {
  channel ??= window.createOutputChannel("Foretrace", { log: true });
  return channel;
}
