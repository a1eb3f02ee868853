import type { CharacterSet } from './characters.ts';
import type { GuardName } from './settings.ts';

/** A range of bytes that a rule has found. */
export interface Span {
  readonly start: number;
  /** After the last byte. */
  readonly end: number;
}

/**
 * Something to look for. An automaton finds the anchors of all rules in one pass; only there is the rule asked.
 *
 * An anchor is literal and compared without regard to ASCII case. In it `0` stands for any digit, because the
 * automaton knows digits only as such.
 */
export interface Rule {
  /** Stable, in records and in docs/guards.md. */
  readonly id: string;
  readonly guard: GuardName;
  readonly anchors: readonly string[];
  /** Bytes that may stand right before an anchor, 0 for the beginning of the text; null for any. */
  readonly preceded_by: CharacterSet | null;
  /**
   * A look at a few bytes around an anchor, which benign text seldom survives: most anchors are words.
   *
   * @param at first byte of the anchor
   * @param end after its last byte
   */
  near(text: InspectedText, at: number, end: number): boolean;
  /** Whether it is there. The work for a whole text is linear in it, however many anchors it has. */
  find(text: InspectedText, at: number, end: number, search: Search): Span | null;
}

/** How far one rule has come in one text. */
export interface Search {
  /** Nothing that begins before this offset is found any more. */
  tried: number;
}

/** Bytes farther than this from an anchor are not looked at by patterns. */
export const WINDOW = 256;

/** A text under inspection: UTF-8 bytes `[start, end)`, never looked at beyond. */
export interface InspectedText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The byte at an offset, 0 outside the text. No text holds a NUL where one would matter. */
export function byteAt(text: InspectedText, at: number): number {
  return at >= text.start && at < text.end ? (text.bytes[at] as number) : 0;
}

/** The bytes as one character each, clipped to the text: patterns are over ASCII and others pass as letters. */
export function latin1(text: InspectedText, from: number, to: number): string {
  return text.bytes.toString('latin1', Math.max(text.start, from), Math.min(text.end, to));
}

/** What a rule over a pattern is made of. */
export interface PatternRule {
  readonly id: string;
  readonly guard: GuardName;
  readonly anchors: readonly string[];
  /**
   * A match counts that begins at most `before` bytes before an anchor, and ends in or behind it. `^` is the beginning
   * of the text, and look-behind sees one byte before the window. Repetitions must be bounded.
   */
  readonly pattern: RegExp;
  /** How far before the anchor the pattern may begin; default 0, where it begins with the anchor. */
  readonly before?: number;
  /** How far behind the anchor's start it may reach; default WINDOW. */
  readonly behind?: number;
  /** Longer texts are not looked at. */
  readonly within?: number;
  /** Default: any. */
  readonly preceded_by?: CharacterSet;
  /** Default: every anchor is worth a look. */
  readonly near?: Rule['near'];
  /** Further conditions on what matched. */
  readonly holds?: (match: RegExpExecArray) => boolean;
}

/**
 * The pattern is searched for over a window that reaches farther than one anchor needs. What it does not find there need
 * not be searched for again, so that anchors side by side share one search.
 */
export function patternRule(given: PatternRule): Rule {
  const { id, guard, anchors, pattern, before = 0, behind = WINDOW, within = Number.POSITIVE_INFINITY, holds } = given;
  const matcher = new RegExp(pattern.source, `${pattern.flags}g`);
  const reach = before + behind;
  return {
    id,
    guard,
    anchors,
    preceded_by: given.preceded_by ?? null,
    near: given.near ?? (() => true),
    find(text, at, _end, search) {
      const first = Math.max(text.start, at - before, search.tried);
      if (first > at || text.end - text.start > within) return null;
      const from = Math.max(text.start, first - 1);
      const window = latin1(text, from, at + behind + reach);
      matcher.lastIndex = first - from;
      for (let match = matcher.exec(window); match; match = matcher.exec(window)) {
        const start = from + match.index;
        const end = start + match[0].length;
        search.tried = start;
        if (start > at) return null;
        if (end > at && (holds?.(match) ?? true)) return { start, end };
        search.tried = start + 1;
        matcher.lastIndex = match.index + 1;
      }
      search.tried = Math.max(search.tried, at + behind);
      return null;
    },
  };
}

/** A rule that decides by looking at bytes, cheap enough for every anchor. */
export function byteRule(
  given: Omit<Rule, 'preceded_by' | 'near' | 'find'> & {
    readonly find: (text: InspectedText, at: number, end: number) => Span | null;
  },
): Rule {
  return { ...given, preceded_by: null, near: (text, at, end) => given.find(text, at, end) !== null };
}
