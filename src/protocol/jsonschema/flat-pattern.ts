/** One single-character atom of a pattern, and how often it stands. */
interface Item {
  /** 1 for each ASCII character it matches, and at {@link OTHERS} 1 when it may match another one. */
  readonly set: Uint8Array;
  readonly min: number;
  readonly max: number;
}

const ATOM = String.raw`\[(?:\\[^upPxc]|[^\\\]])+\]|\\[dDwWsSntrfv]|\\[^0-9A-Za-z]|[^\\^$.*+?()[\]{}|/]|\.|/`;
const QUANTIFIER = String.raw`[*+?]|\{\d+(?:,\d*)?\}`;
const ITEM = new RegExp(`(${ATOM})(${QUANTIFIER})?(?![?*+{])`, 'uy');
const OTHERS = 128;
const MAX_ITEMS = 64;
/** Atoms that match nothing beyond ASCII. */
const PLAIN_ATOM = /^(?:\[(?!\^)(?:[ -Z^-~]|\\[dwntrfv]|\\[^0-9A-Za-z])+\]|\\[dwntrfv]|\\[^0-9A-Za-z]|[ -\-/-~])$/;

/**
 * A pattern without choices: `^`, then single characters or classes, each with at most one greedy quantifier,
 * where no varying item shares a character with anything that may follow it. Taking as much as possible at
 * each item is then the only way to match, so one pass decides, over the bytes and without decoding.
 */
export class FlatPattern {
  private readonly items: readonly Item[];
  private readonly anchored: boolean;

  private constructor(items: readonly Item[], anchored: boolean) {
    this.items = items;
    this.anchored = anchored;
  }

  /** Undefined when the pattern has choices, or when that cannot be told. */
  static from(source: string): FlatPattern | undefined {
    const anchored = source.endsWith('$') && !source.endsWith('\\$');
    const items = readItems(source, anchored ? source.length - 1 : source.length);
    if (items === undefined || items.some((item, at) => item.min !== item.max && meetsFollowing(items, at)))
      return undefined;
    return new FlatPattern(items, anchored);
  }

  /** Whether ASCII text in `bytes[start, end)` matches. */
  testAscii(bytes: Uint8Array, start: number, end: number): boolean {
    const { items } = this;
    let at = start;
    for (let index = 0; index < items.length; index++) {
      const { set, min, max } = items[index] as Item;
      const first = at;
      const last = end - at > max ? at + max : end;
      while (at < last && set[bytes[at] as number] === 1) at++;
      if (at - first < min) return false;
    }
    return !this.anchored || at === end;
  }
}

/** Whether an item shares a character with what may come right after it: up to the first that must be there. */
function meetsFollowing(items: readonly Item[], at: number): boolean {
  const { set } = items[at] as Item;
  for (const following of items.slice(at + 1)) {
    if (following.set.some((member, code) => member === 1 && set[code] === 1)) return true;
    if (following.min > 0) return false;
  }
  return false;
}

function readItems(source: string, end: number): readonly Item[] | undefined {
  if (!source.startsWith('^') || !isUnicodePattern(source)) return undefined;
  const items: Item[] = [];
  let at = 1;
  while (at < end && items.length < MAX_ITEMS) {
    ITEM.lastIndex = at;
    const found = ITEM.exec(source);
    if (found === null || at + found[0].length > end) return undefined;
    items.push({ set: charactersOf(found[1] as string), ...countsOf(found[2] ?? '') });
    at += found[0].length;
  }
  return at === end ? items : undefined;
}

function countsOf(quantifier: string): { min: number; max: number } {
  const counts = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier);
  if (counts !== null) {
    const min = Number(counts[1]);
    const open = counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]);
    return { min, max: counts[2] === '' ? min : open };
  }
  const min = quantifier === '*' || quantifier === '?' ? 0 : 1;
  return { min, max: quantifier === '*' || quantifier === '+' ? Number.POSITIVE_INFINITY : 1 };
}

/** Asks the runtime's own engine about each ASCII character; everything else is one character to us. */
function charactersOf(atom: string): Uint8Array {
  const matcher = new RegExp(`^${atom}$`, 'u');
  const set = new Uint8Array(OTHERS + 1);
  for (let code = 0; code < OTHERS; code++) if (matcher.test(String.fromCharCode(code))) set[code] = 1;
  if (!PLAIN_ATOM.test(atom)) set[OTHERS] = 1;
  return set;
}

function isUnicodePattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
