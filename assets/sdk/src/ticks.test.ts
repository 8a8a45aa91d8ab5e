import { expect, test } from "vitest";

import { snapshotInterval } from "./ticks";

test("sixty ticks and thirty snapshots a second: every other tick", () => {
  expect(snapshotInterval({ tick_rate: 60, snapshot_rate: 30 })).toBe(2);
});
