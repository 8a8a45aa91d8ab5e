/**
 * What a player may be called: 1 to 20 characters, none of which moves the cursor or hides.
 *
 * The server has the last word; this spares a round trip and a sentence of refusal. Pure.
 */

export const NAME_LENGTH_MAX = 20;

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** The name without what can't be seen, trimmed and cut; "" when nothing is left. Never cuts a character in half. */
export function cleanName(name: string): string {
  const seen = name.replace(UNSEEN, "").replace(/\s+/gu, " ").trim();
  return [...seen].slice(0, NAME_LENGTH_MAX).join("").trim();
}
