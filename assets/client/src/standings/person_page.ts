/**
 * `/player/ID`: how somebody has played. `/player/me` is whoever looks at it.
 *
 * All that people have written is text here, never markup.
 */

import { element } from "../hud/dom";
import { askMe, askPerson, forgetMe, type Match, NoAnswer, type Person, type Stand } from "./api";
import { chartOf } from "./chart";
import { head, link, openPage } from "./frame";
import { ago, CERTAINTIES, change, date, figuresIn, number, ordinal, share, title } from "./words";

const SVG = "http://www.w3.org/2000/svg";
const CHART_WIDE = { width: 860, height: 190 };
const CHART_NARROW = { width: 320, height: 150 };
const NARROW = "(max-width: 640px)";
const MATCHES_SHOWN = 20;
const GONE =
  "Your ratings, your name, this page and the drafts of what you have built are deleted for good. " +
  "Others keep their matches and the arenas that you saved, without your name in them.";
const UNKNOWN = "You have no page yet: it begins with your first match against another person.";

void openPage("person", async () => {
  const asked = decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
  const me = await askMe();
  if (asked === "me" && me === null) throw new NoAnswer(UNKNOWN);
  const person = await askPerson(asked === "me" ? (me ?? "") : asked);
  if (asked === "me") history.replaceState(null, "", `/player/${encodeURIComponent(person.id)}`);
  document.title = `${person.name} · Ricochet`;
  return whole(person, person.id === me);
});

function whole(person: Person, isMe: boolean): Node[] {
  const present = person.standings.filter((stand) => stand.season === person.season);
  const past = person.standings.filter((stand) => stand.season !== person.season);
  return [
    heading(person, isMe),
    ...(present.length === 0 ? [element("p", "note", `No match in the season ${person.season} yet.`)] : present.map((stand) => card(person, stand))),
    ...(person.matches.length === 0 ? [] : [lately(person.matches.slice(0, MATCHES_SHOWN))]),
    ...(past.length === 0 ? [] : [earlier(past)]),
    ...(isMe ? [leaving()] : []),
  ];
}

function heading(person: Person, isMe: boolean): HTMLElement {
  const name = element("h1", "", person.name);
  if (isMe) name.append(" ", element("span", "you", "you"));
  return element("div", "heading", name, element("p", "note", `Here since ${date(person.since_s)}`));
}

/** One game of this season: its numbers, and the way of the rating. */
function card(person: Person, { game, season, rating }: Stand): HTMLElement {
  const numbers = element(
    "dl", "numbers",
    ...fact("Rating", number(rating.points), `${rating.certainty}, ±${number(rating.give_or_take)}`, CERTAINTIES[rating.certainty]),
    ...fact("Rank", ordinal(rating.rank)),
    ...fact("Matches", number(rating.matches)),
    ...fact("Wins", number(rating.wins), share(rating.wins, rating.matches)),
    ...Object.entries(rating.figures).flatMap(([name, value]) => fact(title(name), number(value))),
  );
  const matches = person.matches.filter((match) => match.game === game).slice(0, rating.matches); // of this season
  const table = link("", `/standings?${new URLSearchParams({ game, season }).toString()}`, `Season ${season}`);
  const made = element("section", "card", element("h2", "", title(game), " ", element("small", "", table)), numbers);
  if (matches.length > 1) made.append(chart(game, matches.map((match) => match.points).reverse()));
  return made;
}

/** A name and a number, in a group of their own. */
function fact(name: string, value: string, more = "", explained = ""): HTMLElement[] {
  const worth = element("dd", "", value);
  if (more !== "") worth.append(" ", element("small", "", more));
  const made = element("div", "", element("dt", "", name), worth);
  if (explained !== "") made.title = explained;
  return [made];
}

function chart(game: string, points: number[]): HTMLElement {
  const size = matchMedia(NARROW).matches ? CHART_NARROW : CHART_WIDE;
  const { width, height, line, area, dots, levels } = chartOf(points, size.width, size.height);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "chart" });
  const told = `Rating in ${title(game)} over the latest ${points.length} matches: from ${number(points[0] ?? 0)} to ${number(points.at(-1) ?? 0)}`;
  picture.setAttribute("aria-label", told);
  for (const level of levels) {
    picture.append(svg("line", { x1: "44", x2: String(width), y1: String(level.y), y2: String(level.y), class: "level" }));
    const name = svg("text", { x: "36", y: String(level.y + 4), "text-anchor": "end" });
    name.textContent = number(level.points);
    picture.append(name);
  }
  picture.append(svg("path", { d: area, class: "area" }), svg("path", { d: line, class: "line" }));
  const last = dots.at(-1);
  if (last) picture.append(svg("circle", { cx: String(last.x), cy: String(last.y), r: "4.5", class: "dot" }));
  return element("figure", "", picture, element("figcaption", "note", told));
}

function svg(tag: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function lately(matches: Match[]): HTMLElement {
  const columns = [
    head("col", "name", "Match"), head("col", "", "Place"), head("col", "number wide", "Score"),
    head("col", "wide", "Figures"), head("col", "number", "Rating"),
  ];
  const now_s = Date.now() / 1000;
  const lines = matches.map((match) => {
    const when = element("time", "brief always", ago(match.ended_s, now_s));
    when.dateTime = new Date(match.ended_s * 1000).toISOString();
    const place = `${ordinal(match.place)} of ${number(match.people)}${match.has_left ? ", left early" : ""}`;
    const moved = element("span", match.change > 0 ? "up" : match.change < 0 ? "down" : "even", change(match.change));
    return element(
      "tr", "",
      head("row", "name", `${title(match.game)}, ${match.arena}`, when),
      element("td", match.place === 1 && !match.has_left ? "medal" : "", place),
      element("td", "number wide", number(match.score)),
      element("td", "wide", figuresIn(match.figures)),
      element("td", "number points", number(match.points), " ", moved),
    );
  });
  const caption = element("caption", "", matches.length === 1 ? "Latest match" : `Latest ${matches.length} matches`);
  return element("table", "", caption, element("thead", "", element("tr", "", ...columns)), element("tbody", "", ...lines));
}

function earlier(past: Stand[]): HTMLElement {
  const columns = [head("col", "name", "Season"), head("col", "number", "Rating"), head("col", "number", "Matches"), head("col", "number", "Wins")];
  const lines = past.map(({ game, season, rating }) =>
    element(
      "tr", "",
      head("row", "name", link("", `/standings?${new URLSearchParams({ game, season }).toString()}`, `${season}, ${title(game)}`)),
      element("td", "number points", number(rating.points)),
      element("td", "number", number(rating.matches)),
      element("td", "number", number(rating.wins)),
    ),
  );
  return element("table", "", element("caption", "", "Earlier seasons"), element("thead", "", element("tr", "", ...columns)), element("tbody", "", ...lines));
}

/** The way out: to be forgotten, once one has been asked whether one means it. */
function leaving(): HTMLElement {
  const ask = element("button", "again", "Delete my standings …");
  const [yes, no] = [element("button", "again danger", "Delete"), element("button", "again", "Keep them")];
  const said = element("p", "note");
  said.setAttribute("role", "status");
  for (const button of [ask, yes, no]) button.type = "button";
  const dialog = element("dialog", "", element("p", "", GONE), element("div", "choice", no, yes));
  dialog.setAttribute("aria-label", "Delete my standings?");
  ask.addEventListener("click", () => dialog.showModal());
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    dialog.close();
    forgetMe().then(
      () => location.assign("/standings"),
      (error: unknown) => (said.textContent = error instanceof NoAnswer ? error.message : String(error)),
    );
  });
  const explained = "You are recognised by this browser's cookie, or by your token. What is kept of you is what you see here, and what you have built.";
  return element("section", "legend", element("h2", "", "Your data"), element("p", "", explained), ask, said, dialog);
}
