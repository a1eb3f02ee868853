import type { Codec } from './codec.ts';
import { refuse } from './refuse.ts';
import { type At, leaf, type Parts, type Taken, type TextPlan } from './types.ts';

/** Most items one text is split into. */
const MAX_ITEMS = 1024;

export interface Delimited {
  /** As it is written canonically. */
  readonly between: string;
  /** Objects as `name=value` rather than `name,value`. */
  readonly explode: boolean;
}

/**
 * Splits one text at its raw delimiters before anything is decoded: `a%2Cb,c` has two items. A plan without arrays
 * and objects has no delimiters. What stays open is which reading the schema accepts; the canonical text does not
 * depend on it.
 *
 * @throws Refusal as `at` says: `items` above 1,024 of them, `delimiter` where an item holds what the style cannot
 *   write, and what the codec refuses
 */
export function takeApart(raw: string, plan: TextPlan, { between, explode }: Delimited, codec: Codec, at: At): Taken {
  if (plan.array === null && plan.object === null) {
    const text = codec.decode(raw, at);
    return { parts: leaf(text), text: codec.encode(text) };
  }
  const pieces = raw.split(splitter(between), MAX_ITEMS + 1);
  if (pieces.length > MAX_ITEMS) refuse(at, 'items');
  const paired = explode && plan.object !== null;
  const decoded = pieces.map((piece) => decodePiece(piece, paired, codec, at));
  const flat = decoded.map((piece) => piece.join('='));
  if (between === '.' && flat.some((text) => text.includes('.'))) refuse(at, 'delimiter');
  return {
    parts: partsOf(decoded, flat, paired, plan, between),
    text: decoded.map((piece) => piece.map(codec.encode).join('=')).join(between),
  };
}

function splitter(between: string): string | RegExp {
  return between === '%7C' ? /%7C|\|/i : between;
}

/** `[value]`, or `[name, value]` where the first raw equals sign splits a pair. */
function decodePiece(piece: string, paired: boolean, codec: Codec, at: At): string[] {
  const equals = paired ? piece.indexOf('=') : -1;
  const texts = equals < 0 ? [piece] : [piece.slice(0, equals), piece.slice(equals + 1)];
  return texts.map((text) => codec.decode(text, at));
}

function partsOf(
  decoded: readonly string[][],
  flat: readonly string[],
  paired: boolean,
  plan: TextPlan,
  between: string,
): Parts {
  return {
    whole: plan.scalars.length > 0 ? flat.join(decodeURIComponent(between)) : null,
    items: plan.array ? flat.map(leaf) : null,
    members: plan.object ? (paired ? pairs(decoded) : alternating(flat)) : null,
  };
}

function pairs(decoded: readonly string[][]): [string, Parts][] | null {
  if (decoded.some((piece) => piece.length < 2)) return null;
  return decoded.map(([name = '', value = '']) => [name, leaf(value)]);
}

function alternating(texts: readonly string[]): [string, Parts][] | null {
  if (texts.length % 2 === 1) return null;
  return Array.from({ length: texts.length / 2 }, (_, i) => [texts[2 * i] as string, leaf(texts[2 * i + 1] as string)]);
}
