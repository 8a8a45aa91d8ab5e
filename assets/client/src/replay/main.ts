/**
 * The page of recorded matches: `replay?id=…` plays one of the server's, `replay` lists them, and a file that is dropped
 * on it is played wherever it comes from.
 */

import "../style.css";
import "./replay.css";
import "../touch.css";

import { CannotPlay, FILE_BYTES_MAX, Recording } from "@ricochet/sdk/replay";
import { element } from "../hud/dom";
import { Stage } from "../render/stage";
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
const NO_PICTURE = "This browser can't draw the arena: WebGL is missing or turned off.";

class Place {
  private readonly root: HTMLElement;
  private readonly view = element("div", "view");
  private readonly shelf = new Shelf((file) => void this.open(file));
  private stage: Stage | null = null;

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
    const answer = await fetch("/api/replays").catch(() => null);
    const replays = answer?.ok ? ((await answer.json()) as Listed[]) : [];
    this.shelf.show(replays);
    if (is_asked) this.shelf.say(answer?.ok ? (replays.length === 0 ? "None has been recorded yet." : "") : UNREACHABLE);
  }

  private async fetch(id: string): Promise<boolean> {
    this.shelf.say("Loading the match…");
    const answer = await fetch(`/api/replays/${encodeURIComponent(id)}`).catch(() => null);
    if (!answer?.ok) {
      this.shelf.say(answer?.status === 404 ? NOT_THERE : UNREACHABLE);
      return false;
    }
    return this.play(new Uint8Array(await answer.arrayBuffer()));
  }

  private async open(file: File): Promise<void> {
    if (file.size > FILE_BYTES_MAX) this.shelf.say("No replay is as large as this.");
    else await this.play(new Uint8Array(await file.arrayBuffer()));
  }

  /** Whether it can be played; else it is said why not. */
  private async play(bytes: Uint8Array): Promise<boolean> {
    try {
      const recording = new Recording(bytes);
      this.stage ??= await Stage.open(this.view);
      window.replaying?.close();
      const page = new ReplayPage(this.root, this.view, this.stage, recording);
      if (!window.replaying) requestAnimationFrame(frame);
      window.replaying = page;
      this.shelf.root.hidden = true;
      document.title = `${recording.welcome.game} in ${recording.welcome.arena.name} · Ricochet`;
      return true;
    } catch (error) {
      console.error(error);
      this.shelf.root.hidden = false;
      this.shelf.say(error instanceof CannotPlay ? error.message : NO_PICTURE);
      return false;
    }
  }
}

function frame(now_ms: number): void {
  requestAnimationFrame(frame);
  window.replaying?.frame(now_ms);
}

askForSheetsAgain();
const root = document.getElementById("recorded");
if (!root) throw new Error("the page has no #recorded");
void new Place(root).arrive(new URLSearchParams(location.search).get("id"));
