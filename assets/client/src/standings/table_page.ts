/**
 * `/standings`: a season's table, of one game. Its address says which: `?game=&season=&page=`.
 *
 * All that people have written is text here, never markup.
 */

import { element } from "../hud/dom";
import { askMe, askTable, type Row, type Table } from "./api";
import { head, link, openPage } from "./frame";
import { CERTAINTIES, count, ending, number, partsOf, title } from "./words";

const MEDALS = 3;

void openPage("standings", async () => {
  const [table, me] = await Promise.all([askTable(location.search), askMe()]);
  document.title = `${table.game === "" ? "" : `${title(table.game)} `}standings, ${table.season} · Ricochet`;
  return table.game === "" ? [heading(table), choice(table), nobody()] : whole(table, me);
});

function whole(table: Table, me: string | null): Node[] {
  if (table.rows.length === 0) return [heading(table), choice(table), nobody()];
  return [heading(table), choice(table), ladder(table, me), ...(table.pages > 1 ? [pager(table)] : []), legend()];
}

function heading(table: Table): HTMLElement {
  const season = `Season ${table.season}, ${ending(table.ends_s, Date.now() / 1000)}`;
  return element("div", "heading", element("h1", "", "Standings"), element("p", "note", season));
}

/** The address of another table. */
function address(game: string, season: string, page = 1): string {
  const asked = new URLSearchParams({ ...(game === "" ? {} : { game }), season, ...(page > 1 ? { page: String(page) } : {}) });
  return `/standings?${asked.toString()}`;
}

function choice(table: Table): HTMLElement {
  const games = element("nav", "tabs", ...table.games.map((game) => tab(table, game)));
  games.setAttribute("aria-label", "Games");
  const season = element("select", "", ...table.seasons.map((name) => new Option(name, name, false, name === table.season)));
  season.addEventListener("change", () => location.assign(address(table.game, season.value)));
  return element("div", "choice", games, element("label", "season", "Season ", season));
}

function tab(table: Table, game: string): HTMLAnchorElement {
  const made = link("", address(game, table.season), title(game));
  if (game === table.game) made.setAttribute("aria-current", "page");
  return made;
}

function ladder(table: Table, me: string | null): HTMLElement {
  const pages = table.pages > 1 ? `, page ${table.page} of ${table.pages}` : "";
  const caption = element("caption", "", `${title(table.game)}: ${count(table.people, "player")}${pages}`);
  const columns = [
    head("col", "rank", "Rank"),
    head("col", "name", "Player"),
    head("col", "number", "Rating"),
    head("col", "certainty", "Certainty"),
    head("col", "number wide", "Matches"),
    head("col", "number wide", "Wins"),
    ...table.figures.map((figure) => head("col", "number wide", title(figure))),
  ];
  const body = element("tbody", "", ...table.rows.map((row) => line(table, row, row.id === me)));
  return element("table", "ladder", caption, element("thead", "", element("tr", "", ...columns)), body);
}

function line(table: Table, { id, name, rating }: Row, isMe: boolean): HTMLTableRowElement {
  const figures = Object.fromEntries(table.figures.map((figure) => [figure, rating.figures[figure] ?? 0]));
  const parts = [count(rating.matches, "match", "matches"), count(rating.wins, "win"), ...partsOf(figures)];
  const brief = parts.flatMap((part, place) => [place === 0 ? "" : " · ", element("span", "", part)]);
  const who = head("row", "name", link("", `/player/${encodeURIComponent(id)}`, name));
  if (isMe) who.append(" ", element("span", "you", "you"));
  who.append(element("span", "brief", ...brief));
  return element(
    "tr", isMe ? "mine" : "",
    element("td", rating.rank <= MEDALS ? "rank medal" : "rank", number(rating.rank)),
    who,
    element("td", "number points", number(rating.points)),
    certainty(rating.certainty, rating.give_or_take),
    element("td", "number wide", number(rating.matches)),
    element("td", "number wide", number(rating.wins)),
    ...Object.values(figures).map((value) => element("td", "number wide", number(value))),
  );
}

function certainty(word: Row["rating"]["certainty"], giveOrTake: number): HTMLTableCellElement {
  const made = element("td", "certainty", element("span", `chip ${word}`, word));
  made.title = `${CERTAINTIES[word]} Give or take ${number(giveOrTake)}.`;
  return made;
}

function pager(table: Table): HTMLElement {
  const to = (page: number, rel: string, text: string) => {
    const made = link("", address(table.game, table.season, page), text);
    made.rel = rel;
    return made;
  };
  const made = element("nav", "pager");
  made.setAttribute("aria-label", "Pages of the table");
  if (table.page > 1) made.append(to(table.page - 1, "prev", "← Higher ranks"));
  made.append(element("span", "note", `Page ${table.page} of ${table.pages}`));
  if (table.page < table.pages) made.append(to(table.page + 1, "next", "Lower ranks →"));
  return made;
}

function legend(): HTMLElement {
  const terms = Object.values(CERTAINTIES).flatMap((text) => {
    const [word = "", meaning = ""] = text.split(": ");
    return [element("dt", "", element("span", `chip ${word.toLowerCase()}`, word.toLowerCase())), element("dd", "", title(meaning))];
  });
  return element(
    "section", "legend",
    element("h2", "", "What the rating means"),
    element("p", "", "It is what a player very probably is worth at least: everybody begins with 1,000, and it rises with good matches, and with certainty. Only matches between people count."),
    element("dl", "", ...terms),
  );
}

function nobody(): HTMLElement {
  return element(
    "section", "empty",
    element("p", "", "Nobody has finished a match against another person in this season yet."),
    link("button", "/", "Play one"),
  );
}
