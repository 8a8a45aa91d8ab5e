import { beforeEach, expect, test, vi } from "vitest";

import { Sound } from "./sound";

class Node {
  connect(next: unknown): unknown {
    return next;
  }
}

/** The one that the page has made. */
let context: Context;

class Context {
  state: string = "suspended";
  sampleRate = 8;
  readonly resume = vi.fn(() => {
    this.state = "running";
    return Promise.resolve();
  });

  constructor() {
    context = this;
  }

  createBuffer(): object {
    return { getChannelData: () => new Float32Array(8) };
  }
}

const touched = new Map<string, (event: { isTrusted: boolean }) => void>();

function touch(isTrusted = true): void {
  touched.get("pointerdown")!({ isTrusted });
}

beforeEach(() => {
  vi.stubGlobal("window", { addEventListener: (name: string, act: () => void) => void touched.set(name, act) });
  vi.stubGlobal("AudioContext", Context);
  vi.stubGlobal("GainNode", Node);
  vi.stubGlobal("DynamicsCompressorNode", Node);
  new Sound(false);
});

test("sound begins when somebody touches the page, and not when a script does", () => {
  touch(false);
  touch();
  const first = context;
  touch();
  expect(context).toBe(first);
  expect(context.resume).toHaveBeenCalledTimes(1);
});

test("sound that a call or a sleep has interrupted goes on with the next touch", () => {
  touch();
  context.state = "interrupted";
  touch();
  expect(context.resume).toHaveBeenCalledTimes(2);
  context.state = "closed";
  touch();
  expect(context.resume).toHaveBeenCalledTimes(2);
});

test("a browser without audio is a silent one", () => {
  vi.stubGlobal("AudioContext", undefined);
  expect(() => touch()).not.toThrow();
});
