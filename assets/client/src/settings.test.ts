import { beforeEach, expect, test, vi } from "vitest";

const stored = new Map<string, string>();
const storage = { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) };

function forbidden(): never {
  throw new DOMException("Access is denied for this document.", "SecurityError");
}

function full(): never {
  throw new DOMException("Setting the value exceeded the quota.", "QuotaExceededError");
}

/** As in a page that was just opened. */
async function opened(): Promise<typeof import("./settings").settings> {
  vi.resetModules();
  return (await import("./settings")).settings;
}

beforeEach(() => {
  stored.clear();
  vi.stubGlobal("localStorage", storage);
});

test("what was chosen is there in the next page", async () => {
  Object.assign(await opened(), { name: " Ada ", muted: true, killcam: false });
  expect({ ...(await opened()) }).toEqual({ name: "Ada", muted: true, killcam: false });
});

test.each([["forbidden", { getItem: forbidden, setItem: forbidden }], ["full", { ...storage, setItem: full }]])(
  "what is chosen holds in this page where storage is %s", async (_, broken) => {
    vi.stubGlobal("localStorage", broken);
    const settings = await opened();
    Object.assign(settings, { name: "Ada", muted: true, killcam: false });
    expect({ ...settings }).toEqual({ name: "Ada", muted: true, killcam: false });
    settings.muted = false;
    expect(settings.muted).toBe(false);
  },
);

test("what is chosen in another tab changes nothing here, where it would not be heard", async () => {
  const settings = await opened();
  expect(settings.muted).toBe(false);
  (await opened()).muted = true;
  expect(settings.muted).toBe(false);
});

test("whatever has been stored, a name is one", async () => {
  stored.set("ricochet.name", `\u202e{"a":1}\n${"x".repeat(500)}`).set("ricochet.muted", "[object Object]");
  expect([(await opened()).name, (await opened()).muted]).toEqual([`{"a":1}${"x".repeat(13)}`, false]);
});
