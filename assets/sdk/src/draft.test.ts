/** Drafts: evenings that the Python twin wrote down, lived again word for word. */

import { expect, test } from "vitest";

import golden from "../../../tests/golden/plans.json";
import { Draft } from "./draft";
import type { Edit, Edited } from "./messages";
import { Refused, type Step, planChecksum } from "./plan";

/** What is said, with nothing left out and no field that says nothing. */
const plain = (said: readonly Edit[]) => said.map(({ serial, steps, since, checksum }) => ({ serial, since, checksum, count: steps.length }));

function act(draft: Draft, what: string, given: unknown): Edit[] {
  if (what === "edit") return draft.edit(given as Step[]);
  if (what === "undo") return draft.undo();
  if (what === "redo") return draft.redo();
  if (what === "joined") return draft.joined(given as number);
  return draft.take(given as Edited);
}

test.each(golden.evenings.map((pages, number) => [number, pages] as const))("evening %i is the same in both languages", (_, pages) => {
  const draft = new Draft();
  for (const page of pages) {
    if (page.refused === undefined) expect(plain(act(draft, page.do, page.with))).toEqual(plain(page.said as unknown as Edit[]));
    else expect(() => act(draft, page.do, page.with)).toThrow(new Refused(page.refused));
    expect(draft.plan && planChecksum(draft.plan)).toBe(page.seen);
    expect([draft.can_undo, draft.can_redo]).toEqual(page.can);
    expect(draft.pending.map(({ serial }) => serial)).toEqual(page.pending);
    expect(draft.refusals.length).toBe(page.refusals);
  }
  expect(draft.mismatches).toBe(0);
  expect(draft.plan).toBe(draft.confirmed);
});
