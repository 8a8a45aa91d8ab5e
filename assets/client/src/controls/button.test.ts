import { expect, test } from "vitest";

import { Button } from "./button";

test("a press is told once, and holding is told as long as it lasts", () => {
  const button = new Button();
  button.press("key");
  expect(button.take()).toEqual({ down: true, pressed: true });
  expect(button.take()).toEqual({ down: true, pressed: false });
  button.release("key");
  expect(button.take()).toEqual({ down: false, pressed: false });
});

test("a press and release between two ticks is still a press", () => {
  const button = new Button();
  button.press("key");
  button.release("key");
  expect(button.take()).toEqual({ down: false, pressed: true });
});

test("key repeat is no new press", () => {
  const button = new Button();
  button.press("key");
  button.take();
  button.press("key");
  expect(button.take()).toEqual({ down: true, pressed: false });
});

test("held by two, it is down until both let go, and pressed once", () => {
  const button = new Button();
  button.press("mouse");
  button.take();
  button.press("gamepad");
  button.release("mouse");
  expect(button.take()).toEqual({ down: true, pressed: false });
  button.hold("gamepad", false);
  expect(button.take()).toEqual({ down: false, pressed: false });
});

test("letting go of everything keeps the press that nobody was told of", () => {
  const button = new Button();
  button.press("mouse");
  button.releaseAll();
  expect(button.take()).toEqual({ down: false, pressed: true });
});
