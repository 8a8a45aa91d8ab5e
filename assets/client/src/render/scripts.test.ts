import { expect, test } from "vitest";

import { isSetLetterByLetter } from "./scripts";

test.each(["Ada", "Zoë", "Żółć", "Ελένη", "Юрий", "日本語の名前", "철수", "Bot 12 (2)", "🚀🎉", "👩🏽", "e\u0301", ""])(
  "%s can be set letter by letter",
  (name) => {
    expect(isSetLetterByLetter(name)).toBe(true);
  },
);

test.each(["שלום", "محمد", "Ada שלום", "नमस्ते", "สวัสดี", "தமிழ்", "ܫܠܡܐ", "ދިވެހި"])("%s must be set as a whole", (name) => {
  expect(isSetLetterByLetter(name)).toBe(false);
});
