const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\uFFFE\uFFFF]/gu;

/**
 * Text of a stranger as it may stand on a page or in a file for people: what cannot be seen, or changes how the rest is
 * read, is written as `\u{202e}`. A line end is a control character too.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same, and no longer than that many characters. */
export function shortened(text: string, max_characters: number): string {
  const characters = Array.from(text.slice(0, max_characters * 2 + 2));
  const kept = characters.slice(0, max_characters).join('');
  return visible(kept.length < text.length ? `${kept}…` : kept);
}
