import { expect, test } from "vitest";

import { addressIn, linkTo } from "./links";

test("a link has the room in it, and nothing of the sender", () => {
  const page = { origin: "https://game.example", pathname: "/", search: "?name=Ada&autojoin=1", hash: "#x" };
  expect(linkTo("fancy room/1", page)).toBe("https://game.example/?room=fancy+room%2F1");
  expect(new URL(linkTo("a&b=c", page)).searchParams.get("room")).toBe("a&b=c");
});

test("the address follows from room to room and keeps what else it asks for", () => {
  const page = { pathname: "/", search: "?encoding=json&room=old", hash: "" };
  expect(addressIn("new", page)).toBe("/?encoding=json&room=new");
  expect(addressIn(null, page)).toBe("/?encoding=json");
  expect(addressIn(null, { ...page, search: "?room=old" })).toBe("/");
});
