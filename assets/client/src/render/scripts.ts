/**
 * Which names can be put together letter by letter, from the left to the right.
 *
 * Hebrew runs the other way; in Arabic, Devanagari, Thai and many others a letter's shape and place depend on its neighbours.
 * Such a name is no name any more when its letters are set one after the other. Pure.
 */

/** Written from the left, each letter by itself; signs, digits and emoji are common to all scripts. */
const LETTER_BY_LETTER =
  /^[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Georgian}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}\p{sc=Hangul}\p{sc=Common}\p{sc=Inherited}]*$/u;

export function isSetLetterByLetter(name: string): boolean {
  return LETTER_BY_LETTER.test(name);
}
