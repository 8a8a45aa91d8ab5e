import { describe, expect, it } from "vitest";
import { calledBy, known, order, reports, restrictions, whomOf } from "./orders";
import { session } from "./stats.fixture";

type Asked = { url: string; init: RequestInit | undefined };

/** A server that answers everything so, and what it was asked. */
function answering(body: string, status = 200): { ask: typeof fetch; asked: Asked[] } {
  const asked: Asked[] = [];
  const ask = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    asked.push({ url: String(url), init });
    return new Response(body, { status });
  };
  return { ask, asked };
}

const unreachable = async (): Promise<Response> => {
  throw new TypeError("Failed to fetch");
};

describe("whom an order is about", () => {
  it("is one session, or while it has no number its place, or what they are known as", () => {
    expect(whomOf(session({ session: "7-a4f0", room: "belt", player: 7 }))).toEqual({ session: "7-a4f0" });
    expect(whomOf(session({ session: null, room: "belt", player: 7 }))).toEqual({ room: "belt", player: 7 });
    expect(whomOf(session({ session: null, player: null, known_as: "subject:a:b" }))).toEqual({ subject: "a:b" });
    expect(known("address:2001:db8::/64")).toEqual({ address: "2001:db8::/64" });
    expect(calledBy(session({ name: null, known_as: "subject:eve" }))).toBe("subject:eve");
    expect(known("address:1.2.3.4 bob the builder")).toEqual({ address: "1.2.3.4", name: "bob the builder" });
  });
});

describe("an order", () => {
  it("carries the token in its header and nowhere else", async () => {
    const { ask, asked } = answering('{"done": "kicked 1"}');
    expect(await order("secret", "kick", { room: "belt", player: 7 }, ask)).toEqual({ done: true, sentence: "Kicked 1." });
    expect(asked[0]?.url).toBe("api/admin/kick");
    expect(asked[0]?.init).toMatchObject({ method: "POST", body: '{"room":"belt","player":7}' });
    expect(asked[0]?.init?.headers).toMatchObject({ Authorization: "Bearer secret", "Content-Type": "application/json" });
  });

  it("that is refused says why, whoever refused it", async () => {
    expect(await order("x", "kick", {}, answering('{"error": "nobody like that is here"}', 409).ask)).toEqual({
      done: false, sentence: "Nobody like that is here.",
    });
    expect(await order("x", "kick", {}, answering("too many requests\n", 429).ask)).toEqual({
      done: false, sentence: "Too many requests.",
    });
    expect(await order("x", "kick", {}, answering("", 502).ask)).toEqual({
      done: false, sentence: "The server answered with status 502.",
    });
    expect(await order("x", "kick", {}, answering("{}").ask)).toMatchObject({ done: false });
    expect(await order("x", "kick", {}, unreachable)).toMatchObject({ done: false });
  });

  it("whose token isn't taken any more says that, and that nothing was done", async () => {
    const answer = await order("x", "kick", {}, answering('{"error": "the token has expired"}', 401).ask);
    expect(answer).toEqual({ done: false, sentence: "The token has expired. Nothing was done.", estranged: true });
  });

  it("that a proxy asks a password for signs nobody out", async () => {
    const answer = await order("x", "kick", {}, answering("<h1>401 Authorization Required</h1>", 401).ask);
    expect(answer.estranged).toBeUndefined();
  });
});

describe("restrictions and reports", () => {
  it("are told or not", async () => {
    const some = [{ what: "ban", known_as: "subject:ann", seconds: 60, reason: "" }];
    expect(await restrictions("x", answering(JSON.stringify(some)).ask)).toEqual(some);
    expect(await restrictions("x", answering('{"error": "no"}', 403).ask)).toBeNull();
    expect(await restrictions("x", unreachable)).toBeNull();
    const { ask, asked } = answering("[]");
    expect(await reports("secret", ask)).toEqual([]);
    expect(asked[0]).toMatchObject({ url: "api/admin/reports", init: { headers: { Authorization: "Bearer secret" } } });
  });
});
