/** A session to scrub through: which one, and of which file. */

import { element, fill, nothing, select } from "./elements";
import { Player } from "./player";
import { t } from "./texts";
import type { Overview, Played, Recording, SessionWork } from "./told";
import { count, dateOf, fileName, shortDay, time } from "./words";

/** `load` asks for the steps of a document, `say` tells somebody who cannot see what changed. */
export interface Asking {
  load: (of: Played) => void;
  say: (words: string) => void;
}

export class Replay {
  readonly root: HTMLElement;
  private readonly chooser = element("div", { class: "chooser" });
  private readonly stage = element("div", { class: "stage", tabindex: "-1" });
  private sessions: readonly SessionWork[] = [];
  private of: Played | undefined;
  private player: Player | undefined;

  constructor(private readonly asking: Asking) {
    this.root = element("div", {}, this.chooser, this.stage);
  }

  /** Take over what there is to be replayed; what is not there any more goes from the page. */
  update({ sessions }: Overview): void {
    this.sessions = sessions.filter(({ documents }) => documents.length > 0);
    const { of } = this;
    const isThere = this.sessions.some(
      ({ name, documents }) =>
        name === of?.session && documents.some((document) => document.name === of.document),
    );
    if (of === undefined || !isThere) {
      this.of = undefined;
      this.leave();
    }
    this.choose();
    if (this.of !== undefined) {
      this.asking.load(this.of);
    }
  }

  /** Begin with the latest session, unless there is one on the page. */
  open(): void {
    const last = this.sessions.at(-1);
    const document = last?.documents[0];
    if (this.of === undefined && last !== undefined && document !== undefined) {
      this.play({ session: last.name, document: document.name });
    }
  }

  /** Show a document of a session, from its first step. */
  play(of: Played): void {
    this.leave();
    this.of = of;
    this.choose();
    fill(this.stage, element("p", { class: "lead" }, t("Reading the session…")));
    this.asking.load(of);
  }

  /** Show what was asked for, if it is still wanted; one that is shown stays at its step. */
  show(recording: Recording): void {
    if (recording.session !== this.of?.session || recording.document !== this.of.document) {
      return;
    }
    const at = this.player?.index ?? 0;
    const had = this.player !== undefined && this.stage.contains(document.activeElement);
    const key = had ? (document.activeElement as HTMLElement).dataset.key : undefined;
    this.player?.pause();
    this.player = new Player(recording, this.asking.say);
    this.player.go(Math.min(at, this.player.last));
    this.stage.replaceChildren(this.player.root);
    if (key !== undefined) {
      this.stage.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
    }
  }

  /** Say why there is nothing to show. */
  fail(message: string): void {
    this.leave();
    fill(this.stage, nothing(t("This cannot be played back"), message));
  }

  /** Stop playing, for nobody looks. */
  rest(): void {
    this.player?.pause();
  }

  private leave(): void {
    this.player?.pause();
    this.player = undefined;
    const words = t("What you edit while recording is allowed can be replayed here, step by step.");
    fill(this.stage, nothing(t("Nothing to replay"), words));
  }

  private choose(): void {
    if (this.sessions.length === 0) {
      fill(this.chooser);
      return;
    }
    const current = this.sessions.find(({ name }) => name === this.of?.session);
    const sessions = select(
      t("Session"),
      [...this.sessions].reverse().map((session) => [session.name, sessionTitle(session)]),
      this.of?.session,
      (name) => {
        const first = this.sessions.find((session) => session.name === name)?.documents[0];
        if (first !== undefined) {
          this.play({ session: name, document: first.name });
        }
      },
    );
    const documents = select(
      t("File"),
      (current?.documents ?? []).map(({ name, edits }) => [
        name,
        `${fileName(name)} (${count(edits, "edit")})`,
      ]),
      this.of?.document,
      (name) => {
        if (this.of !== undefined) {
          this.play({ session: this.of.session, document: name });
        }
      },
    );
    fill(this.chooser, sessions, documents);
  }
}

function sessionTitle({ started_wall_us: started, edits }: SessionWork): string {
  const date = dateOf(started);
  return `${shortDay(date)}, ${time(date)} (${count(edits, "edit")})`;
}
