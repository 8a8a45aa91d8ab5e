/**
 * Commands go by the letter that is written on the key, as the page names them: Z undoes wherever a keyboard has its Z. What is
 * held to move goes by place. Pure.
 */

const LATIN = /^[a-z]$/iu;
const OTHER_SIGN = /^[^\p{L}]$/u;

/** As a `code` would name it ("KeyZ"). Where keys have no Latin letters, the one that is in that place elsewhere; "" for a sign in a letter's place. */
export function letterOf({ key, code }: Pick<KeyboardEvent, "key" | "code">): string {
  if (LATIN.test(key)) return `Key${key.toUpperCase()}`;
  return code.startsWith("Key") && OTHER_SIGN.test(key) ? "" : code;
}
