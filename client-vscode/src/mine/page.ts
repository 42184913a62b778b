/** The page of what is mine: asks the extension for what is to be shown, and shows it. */

import { consentPage } from "./consent";
import { button, element, fill } from "./elements";
import type { Command, ToExtension, ToPage } from "./messages";
import { profilePage } from "./profile";
import { Replay } from "./replay";
import { suggestionsPage } from "./suggestions";
import { Tabs } from "./tabs";
import { speak, t } from "./texts";
import { timeline } from "./timeline";
import type { Overview, Played, Profile } from "./told";
import { count, dateOf, size, timeWithSeconds } from "./words";

/** What is kept of the page when the window is opened again: nothing that was recorded. */
interface Kept {
  tab: string;
}

const vscode = acquireVsCodeApi<Kept>();
const FIRST = "timeline";

class Page {
  private readonly said = element("p", { role: "status", class: "unseen" });
  private readonly where = element("p", { class: "lead" });
  private readonly banner = element("p", { class: "banner", hidden: "" });
  private readonly toolbar = element("div", { class: "actions" });
  private readonly panels = {
    timeline: element("div"),
    profile: element("div"),
    suggestions: element("div"),
    consent: element("div"),
    replay: element("div"),
  };
  private readonly replay = new Replay({
    load: (of) => {
      tell({ type: "playback", of });
    },
    say: (words) => {
      this.say(words);
    },
  });
  private readonly tabs: Tabs;
  private overview: Overview | undefined;
  private profile: Profile | undefined;
  private tab = vscode.getState()?.tab ?? FIRST;
  private showsAll = false;

  constructor(root: HTMLElement) {
    this.panels.replay.append(this.replay.root);
    const tabs = {
      timeline: t("Timeline"),
      profile: t("Profile"),
      suggestions: t("Suggestions"),
      consent: t("Consent"),
      replay: t("Replay"),
    };
    this.tabs = new Tabs(
      Object.entries(tabs).map(([name, title]) => ({
        name,
        title,
        panel: this.panels[name as keyof typeof tabs],
      })),
      t("What Foretrace has about you"),
      (name) => {
        this.shown(name);
      },
    );
    root.append(
      element("h1", {}, t("What Foretrace has about you")),
      this.where,
      this.banner,
      this.toolbar,
      this.tabs.list,
      ...Object.values(this.panels),
      this.said,
    );
    this.where.textContent = t("Reading what is recorded…");
    this.tabs.show(this.tab in tabs ? this.tab : FIRST);
  }

  take(message: ToPage): void {
    switch (message.type) {
      case "begin":
        break;
      case "overview":
        this.update(message.overview);
        break;
      case "profile":
        this.profile = message.profile;
        this.showProfile();
        break;
      case "playback":
        this.replay.show(message.recording);
        break;
      case "problem":
        this.fail(message);
        break;
      case "server":
        this.warn(message.runs ? undefined : this.notRunning());
    }
  }

  private update(overview: Overview): void {
    const isFirst = this.overview === undefined;
    this.overview = overview;
    this.profile = undefined;
    const when = timeWithSeconds(dateOf(overview.read_wall_us));
    const bytes = overview.files.reduce((sum, file) => sum + file.bytes, 0);
    const waiting =
      overview.waiting === 0
        ? ""
        : ` ${t("{0} wait to be written.", count(overview.waiting, "event"))}`;
    fill(
      this.where,
      t("{0} {1} on this computer, in", recordingWords(overview.consent), size(bytes)),
      " ",
      element("code", {}, overview.folder),
      `. ${t("Read at {0}.", when)}${waiting}`,
    );
    this.warn(overview.trouble ?? undefined);
    fill(this.toolbar, ...this.ways(overview));
    this.showTimeline();
    fill(this.panels.suggestions, ...suggestionsPage(overview));
    fill(this.panels.consent, ...consentPage(overview, run));
    this.replay.update(overview);
    this.shown(this.tab);
    if (!isFirst) {
      this.say(t("Read anew at {0}", when));
    }
  }

  private ways({ consent, sessions }: Overview): HTMLElement[] {
    const way = (text: string, press: () => void): HTMLElement =>
      button(text, press, { class: "secondary" });
    const recording = consent.paused
      ? way(t("Go On Recording"), () => {
          run("resumeRecording");
        })
      : way(t("Pause Recording"), () => {
          run("pauseRecording");
        });
    return [
      button(t("Refresh"), () => {
        tell({ type: "refresh" });
      }),
      way(t("Choose What Is Recorded"), () => {
        run("chooseConsent");
      }),
      ...(consent.content === null ? [] : [recording]),
      ...(sessions.length === 0
        ? []
        : [
            way(t("Hand In…"), () => {
              run("handIn");
            }),
            way(t("Forget…"), () => {
              run("forget");
            }),
          ]),
    ];
  }

  private showTimeline(): void {
    if (this.overview === undefined) {
      return;
    }
    const play = (of: Played): void => {
      this.replay.play(of);
      this.tabs.show("replay");
      this.panels.replay.focus();
    };
    const showAll = (): void => {
      this.showsAll = true;
      this.showTimeline();
    };
    const found = timeline(this.overview, { run, play }, this.showsAll, showAll);
    fill(this.panels.timeline, ...found);
  }

  private showProfile(): void {
    if (this.profile !== undefined && this.overview !== undefined) {
      fill(this.panels.profile, ...profilePage(this.profile, this.overview));
    }
  }

  private shown(name: string): void {
    this.tab = name;
    vscode.setState({ tab: name });
    if (this.overview === undefined) {
      return;
    }
    if (name === "profile" && this.profile === undefined) {
      fill(this.panels.profile, element("p", { class: "lead" }, t("Going through your work…")));
      tell({ type: "profile" });
    }
    if (name === "replay") {
      this.replay.open();
    } else {
      this.replay.rest();
    }
  }

  private fail({ about, message }: Extract<ToPage, { type: "problem" }>): void {
    if (about === "playback") {
      this.replay.fail(message);
    } else if (about === "profile") {
      fill(this.panels.profile, element("p", { class: "banner" }, message));
    } else {
      this.warn(message);
    }
    this.say(message);
  }

  private notRunning(): string {
    return this.overview === undefined
      ? t("Foretrace is not running. What it has appears here once it does.")
      : t("Foretrace is not running. This is what it had when it was last asked.");
  }

  private warn(words: string | undefined): void {
    this.banner.hidden = words === undefined;
    this.banner.textContent = words ?? "";
  }

  private say(words: string): void {
    // The same words again are said again only where they were gone in between.
    this.said.textContent = "";
    requestAnimationFrame(() => {
      this.said.textContent = words;
    });
  }
}

function recordingWords({ recording, paused, content }: Overview["consent"]): string {
  if (paused) {
    return t("Recording is paused.");
  }
  if (!recording) {
    return t("Recording is off.");
  }
  return content === "full" ? t("Recording is on, with text.") : t("Recording is on, without text.");
}

function run(command: Command): void {
  tell({ type: "command", command });
}

function tell(message: ToExtension): void {
  vscode.postMessage(message);
}

let page: Page | undefined;
window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  if (data.type === "begin") {
    speak(data.locale, data.texts);
    const root = document.getElementById("page");
    if (page === undefined && root !== null) {
      page = new Page(root);
    }
  }
  page?.take(data);
});
tell({ type: "ready" });
