/**
 * The whole page: a form that asks for a token, and behind it the numbers, the charts and the tables.
 *
 * What changes twice a second is silent for screen readers; what is said aloud is how the connection is, and what came of an order.
 */

import { element, show, write } from "../hud/dom";
import { masthead, ways } from "../masthead";
import { Chart } from "./chart";
import type { FeedState } from "./feed";
import { FIGURES, TILES, troubles } from "./figures";
import { span } from "./numbers";
import { type Answer, type Report, type Restriction, sentence } from "./orders";
import { Past, momentsOf } from "./past";
import { type Doer, People, PLACES } from "./people";
import { ask } from "./question";
import type { PastColumns, Stats } from "./wire";

const WINDOWS_S = [60, 120, 600];
const WINDOW_S = 120;
/** What came of an order stands there for so long. */
const ANSWER_MS = 20_000;

export interface Wishes extends Doer {
  signIn(token: string): void;
  signOut(): void;
}

export class Page {
  readonly #wishes: Wishes;
  readonly #signIn: SignIn;
  readonly #inside = element("div", "inside");
  readonly #state = element("span", "state");
  readonly #detail = element("span", "state-detail");
  readonly #who = element("span", "who");
  readonly #answer = element("p", "answer");
  readonly #troubles = element("ul", "troubles");
  readonly #tiles = TILES.map(() => element("dd", ""));
  readonly #charts = FIGURES.map((figure) => new Chart(figure));
  readonly #past = new Past(FIGURES);
  readonly #people: People;
  readonly #places = places();
  readonly #since = element("span", "", "The last ");
  #isOneOfMany = false;
  #window_s = WINDOW_S;
  #answering = 0;
  #last: FeedState | null = null;

  constructor(root: HTMLElement, wishes: Wishes) {
    this.#wishes = wishes;
    this.#signIn = new SignIn((token) => wishes.signIn(token));
    this.#people = new People(wishes);
    this.#state.setAttribute("role", "status");
    this.#answer.setAttribute("role", "status");
    this.#inside.append(this.#header(), this.#main(), element("footer", "foot", ways()));
    root.append(this.#signIn.root, this.#inside);
  }

  /** How the connection is; `stale_s`: for how long nothing has come, when that is too long. */
  become(state: FeedState, stale_s: number | null, now_s: number): void {
    const isIn = state.name !== "signed_out";
    if (state.name === "signed_out" && state !== this.#last) this.#signIn.ask(state.why);
    this.#last = state;
    show(this.#signIn.root, !isIn);
    show(this.#inside, isIn);
    if (state.name === "live") write(this.#who, state.subject ?? "");
    const { word, detail, tone } = saidOf(state, stale_s, now_s);
    write(this.#state, word);
    write(this.#detail, detail);
    this.#inside.dataset["tone"] = tone;
  }

  /** What has been before one came: the charts begin with it. */
  remembered(past: PastColumns, every_s: number): void {
    for (const moment of momentsOf(past)) this.#past.push(moment, every_s);
    this.#draw();
  }

  told(stats: Stats, every_s: number): void {
    this.#past.tell(stats, every_s);
    for (const [n, { read }] of TILES.entries()) write(this.#tiles[n] as HTMLElement, read(stats));
    const told = troubles(stats);
    if (this.#troubles.dataset["told"] !== told.join()) {
      this.#troubles.dataset["told"] = told.join();
      this.#troubles.replaceChildren(...told.map((words) => element("li", "", words)));
    }
    show(this.#troubles, told.length > 0);
    this.#draw();
    this.#people.show(stats);
    this.#isOneOfMany = stats.processes.length > 0;
    show(this.#places.first, this.#isOneOfMany);
    write(this.#since, this.#isOneOfMany ? "This process, the last " : "The last ");
  }

  answered({ done, sentence }: Answer): void {
    this.#answer.className = done ? "answer" : "answer refused";
    this.#answer.textContent = sentence;
    window.clearTimeout(this.#answering);
    this.#answering = window.setTimeout(() => write(this.#answer, ""), ANSWER_MS);
  }

  showReports(reports: readonly Report[]): void {
    this.#people.showReports(reports);
  }

  showRestrictions(restrictions: readonly Restriction[]): void {
    this.#people.showRestrictions(restrictions);
  }

  #draw(): void {
    for (const [n, figure] of FIGURES.entries()) this.#charts[n]?.draw(this.#past.columns(figure, this.#window_s), this.#window_s);
  }

  #header(): HTMLElement {
    const drain = element("button", "button dangerous", "Drain");
    drain.type = "button";
    drain.addEventListener("click", () => void this.#drain());
    const leave = element("button", "button quiet", "Sign out");
    leave.type = "button";
    leave.addEventListener("click", () => this.#wishes.signOut());
    this.#detail.setAttribute("aria-hidden", "true");
    const state = element("p", "states", this.#state, this.#detail);
    return element("header", "head", title("h1"), state, ways(), element("p", "signed", this.#who), drain, leave, this.#answer);
  }

  async #drain(): Promise<void> {
    const wanted = await ask({
      title: "Drain the server?",
      sentence: "Nobody new comes in; people may finish their match; then the server ends, and starts again only if somebody starts it.",
      yes: "Drain the server",
      ...(this.#isOneOfMany && { more: "And all other processes with it" }),
    });
    if (wanted !== null) this.#wishes.order("drain", wanted.more ? { everywhere: true } : {});
  }

  #main(): HTMLElement {
    const tiles = element("dl", "tiles", ...TILES.map(({ label }, n) => element("div", "panel", element("dt", "", label), this.#tiles[n] ?? "")));
    const charts = element("div", "charts", ...this.#charts.map(({ root }) => root));
    const since = element("div", "bar", element("h2", "", this.#since, this.#windows()), this.#places.root);
    this.#troubles.setAttribute("aria-label", "What ought not to have happened since the server started");
    return element("main", "", this.#troubles, this.#people.fleet.root, tiles, since, charts, this.#people.root);
  }

  #windows(): HTMLElement {
    const windows = element("select", "field inline");
    windows.ariaLabel = "How much of the past the charts show";
    for (const window_s of WINDOWS_S) {
      const option = element("option", "", span(window_s));
      option.value = String(window_s);
      option.selected = window_s === WINDOW_S;
      windows.append(option);
    }
    windows.addEventListener("change", () => {
      this.#window_s = Number(windows.value);
      this.#draw();
    });
    return windows;
  }
}

/** `first` leads to the processes, which there are only where there are many. */
function places(): { root: HTMLElement; first: HTMLElement } {
  const links = PLACES.map(([id, words]) => {
    const link = element("a", "", words);
    link.href = `#${id}`;
    return element("li", "", link);
  });
  const nav = element("nav", "places", element("ul", "", ...links));
  nav.ariaLabel = "On this page";
  const [first] = links;
  if (first === undefined) throw new Error("there are places");
  show(first, false);
  return { root: nav, first };
}

/** Asks for a token, and says why the one before wasn't good enough. */
class SignIn {
  readonly root: HTMLElement;
  readonly #token = element("input", "field");
  readonly #why = element("p", "why");

  constructor(signIn: (token: string) => void) {
    this.#token.type = "password";
    this.#token.autocomplete = "off";
    this.#token.required = true;
    this.#why.setAttribute("role", "alert");
    const form = element(
      "form", "sign-in panel", element("h1", "", "The server"), element("p", "faint", "What it is doing, and who is here. For admins."),
      element("label", "", "Admin token", this.#token), element("button", "button", "Sign in"), this.#why,
      element("p", "faint", "Made by “ricochet admin token NAME --role admin --secret FILE”, for a server that was started with --jwt-secret FILE. Your token is kept until this tab is closed."),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const token = this.#token.value.trim();
      this.#token.value = "";
      if (token !== "") signIn(token);
    });
    this.root = element("div", "outside", masthead(), element("main", "", form));
  }

  ask(why: string): void {
    write(this.#why, why === "" ? "" : sentence(why));
    queueMicrotask(() => this.#token.focus());
  }
}

function title(tag: "h1"): HTMLElement {
  const letters = [..."Ricochet"].map((letter) => element("span", "", letter));
  for (const letter of letters) letter.setAttribute("aria-hidden", "true");
  const made = element(tag, "title", ...letters);
  made.ariaLabel = "Ricochet: the server";
  return made;
}

function saidOf(state: FeedState, stale_s: number | null, now_s: number): { word: string; detail: string; tone: string } {
  switch (state.name) {
    case "signed_out": return { word: "", detail: "", tone: "" };
    case "connecting": return { word: "Connecting", detail: "", tone: "pale" };
    case "live":
      if (stale_s === null) return { word: "Live", detail: "", tone: "live" };
      return { word: "Stale", detail: `nothing new for ${span(stale_s)}`, tone: "pale" };
    case "waiting": {
      const left_s = Math.max(0, Math.ceil(state.until_s - now_s));
      return { word: `Not connected: ${state.why}`, detail: `next attempt in ${left_s} s`, tone: "pale" };
    }
  }
}
