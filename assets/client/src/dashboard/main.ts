/**
 * `/dashboard`: how the server is, for whoever holds an admin's token. Puts the news, the orders and the page together.
 *
 * The token is kept in this tab's memory (sessionStorage) and nowhere else; it may also come behind the # of the address, as the
 * game's page takes it, and is removed from there at once. It goes to the server that the page came from and to no other.
 */

import "./dashboard.css";

import { bringsToken, takeToken } from "@ricochet/sdk";
import { Feed, type FeedState, statsBeside } from "./feed";
import { type Action, order, reports, restrictions } from "./orders";
import { Page } from "./page";
import { askForSheetsAgain } from "../sheets";
import type { Look, Stats } from "./wire";

const TOKEN_KEY = "ricochet.dashboard.token";
const LOOK_AGAIN_MS = 250;
/** When one of these changes, the lists that aren't part of the news are asked for anew. */
const LISTED = ["bans", "mutes", "chat_reports"];

let listed = "";
let token: string | null = null;

function keep(shown: string | null): void {
  token = shown;
  try {
    if (shown === null) sessionStorage.removeItem(TOKEN_KEY);
    else sessionStorage.setItem(TOKEN_KEY, shown);
  } catch {
    // Storage is forbidden: a reload will ask again.
  }
}

const root = document.getElementById("dashboard") as HTMLElement;
const page = new Page(root, {
  signIn(shown: string): void {
    keep(shown);
    feed.signIn(shown);
  },
  signOut(): void {
    keep(null);
    feed.signOut();
  },
  look: (look: Look) => feed.look(look),
  order: (action: Action, body: object) => void obey(action, body),
});

const feed = new Feed(
  {
    socket: (subprotocol) => new WebSocket(statsBeside(location.href), subprotocol),
    now_s,
    later: (what, after_s) => {
      const timer = window.setTimeout(what, after_s * 1000);
      return () => window.clearTimeout(timer);
    },
  },
  { remembered: (past, every_s) => page.remembered(past, every_s), told: tellNews, changed: become },
);

function become(state: FeedState): void {
  if (state.name === "signed_out" && state.why !== "") keep(null);
  if (state.name === "live") listed = "";
  tell();
}

function tellNews(stats: Stats, every_s: number): void {
  page.told(stats, every_s);
  const counted = LISTED.map((name) => stats.gauges[name]).join();
  if (counted !== listed) void showLists();
  listed = counted;
}

function tell(): void {
  page.become(feed.state, feed.staleFor_s(), now_s());
}

async function obey(action: Action, body: object): Promise<void> {
  if (token === null) return;
  const shown = token;
  const answer = await order(shown, action, body);
  if (answer.estranged && token === shown) {
    feed.signOut(answer.sentence);
    return;
  }
  page.answered(answer);
  await showLists();
}

async function showLists(): Promise<void> {
  if (token === null) return;
  const [told, bans] = await Promise.all([reports(token), restrictions(token)]);
  if (told !== null) page.showReports(told);
  if (bans !== null) page.showRestrictions(bans);
}

function now_s(): number {
  return performance.now() / 1000;
}

const memory = {
  getItem: () => sessionStorage.getItem(TOKEN_KEY),
  setItem: (_name: string, shown: string) => sessionStorage.setItem(TOKEN_KEY, shown),
};
askForSheetsAgain();
const rename = (hash: string) => history.replaceState(null, "", location.pathname + location.search + hash);
token = takeToken({ hash: location.hash, memory: () => memory, rename });
if (token === null) tell();
else feed.signIn(token);
window.addEventListener("hashchange", () => {
  if (bringsToken(location.hash)) location.reload();
});
window.setInterval(() => {
  feed.tend();
  tell();
}, LOOK_AGAIN_MS);
