/**
 * The page of recorded matches: `replay?id=…` plays one of the server's, `replay` lists them, and a file that is dropped
 * on it is played wherever it comes from. What it asks for is beside the page: a proxy may have each of many processes
 * under a path of its own, and not each has the replays of the others.
 */

import "../style.css";
import "./replay.css";
import "../touch.css";
import "../forced.css";

import { CannotPlay, FILE_BYTES_MAX, Recording } from "@ricochet/sdk/replay";
import { element } from "../hud/dom";
import { Stage, hasWebGL } from "../render/stage";
import { askForSheetsAgain } from "../sheets";
import { ReplayPage } from "./page";
import { type Listed, Shelf } from "./shelf";

declare global {
  interface Window {
    /** For whoever debugs, and for browser tests. */
    replaying?: ReplayPage;
  }
}

const UNREACHABLE = "The server can't be reached.";
const NOT_THERE = "That match is not recorded here, or no longer.";
const INCOMPLETE = "A part of this page didn't come. Loading the page again may help.";
const BROKEN_OFF = "The connection broke off while the match was on its way. Load the page again to try once more.";
const SENSELESS = "This can't be played: it makes no sense.";
const NO_PICTURE = "This browser can't draw the arena: WebGL is missing or turned off.";

/** Of the page while nothing is played. */
const TITLE = document.title;

class Place {
  private readonly root: HTMLElement;
  private readonly view = element("div", "view");
  private readonly shelf = new Shelf((file) => void this.open(file));
  private stage: Stage | null = null;
  private page: ReplayPage | null = null;
  private drawing = false;

  constructor(root: HTMLElement) {
    this.root = root;
    root.classList.add("ricochet", "replaying");
    root.append(this.view, this.shelf.root);
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.open(file);
    });
  }

  async arrive(id: string | null): Promise<void> {
    if (id !== null && (await this.fetch(id))) return;
    await this.list(id === null);
  }

  private async list(is_asked: boolean): Promise<void> {
    const answer = await fetch("api/replays").catch(() => null);
    const replays = answer?.ok ? ((await answer.json().catch(() => null)) as Listed[] | null) : null;
    this.shelf.show(replays ?? []);
    if (is_asked) this.shelf.say(replays ? (replays.length === 0 ? "None has been recorded yet." : "") : UNREACHABLE);
  }

  private async fetch(id: string): Promise<boolean> {
    this.shelf.say("Loading the match…");
    const answer = await fetch(`api/replays/${encodeURIComponent(id)}`).catch(() => null);
    if (!answer?.ok) {
      this.shelf.say(answer?.status === 404 ? NOT_THERE : UNREACHABLE);
      return false;
    }
    const bytes = await answer.arrayBuffer().catch(() => null);
    if (bytes) return this.play(new Uint8Array(bytes));
    this.shelf.say(BROKEN_OFF);
    return false;
  }

  private async open(file: File): Promise<void> {
    if (file.size > FILE_BYTES_MAX) this.refuse(new CannotPlay("No replay is as large as this."));
    else await this.play(new Uint8Array(await file.arrayBuffer()));
  }

  /** Whether it can be played; else it is said why not. */
  private async play(bytes: Uint8Array): Promise<boolean> {
    try {
      const recording = new Recording(bytes);
      this.stage ??= await Stage.open(this.view).catch((cause: unknown) => {
        throw new CannotPlay(hasWebGL() ? INCOMPLETE : NO_PICTURE, { cause });
      });
      const page = new ReplayPage(this.root, this.view, this.stage, recording, (error) => this.end(error));
      this.show(page);
      document.title = `${recording.welcome.game} in ${recording.welcome.arena.name} · Ricochet`;
      return true;
    } catch (error) {
      this.refuse(error);
      return false;
    }
  }

  /** In the place of what was played; null: the list. */
  private show(page: ReplayPage | null): void {
    this.page?.close();
    this.page = page;
    this.shelf.root.hidden = page !== null;
    if (page) window.replaying = page;
    else delete window.replaying;
    if (page && !this.drawing) this.draw();
  }

  private draw(): void {
    this.drawing = true;
    requestAnimationFrame((now_ms) => {
      this.draw();
      this.page?.frame(now_ms);
    });
  }

  /** What is played goes on. */
  private refuse(error: unknown): void {
    console.error(error);
    const sentence = error instanceof CannotPlay ? error.message : SENSELESS;
    if (this.page) this.page.notice.say(sentence);
    else this.shelf.say(sentence);
  }

  /** What is played can't go on. */
  private end(error: unknown): void {
    this.show(null);
    document.title = TITLE;
    this.refuse(error);
    void this.list(false);
  }
}

askForSheetsAgain();
const root = document.getElementById("recorded");
if (!root) throw new Error("the page has no #recorded");
void new Place(root).arrive(new URLSearchParams(location.search).get("id"));
