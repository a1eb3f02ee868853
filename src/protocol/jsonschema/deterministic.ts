/** One single-character atom of a pattern, and whether it may match nothing or a varying number of times. */
interface Item {
  /** Characters it matches: a bit for each ASCII character, and one for all others together. */
  readonly set: bigint;
  readonly optional: boolean;
  readonly varying: boolean;
}

const ATOM = String.raw`\[(?:\\[^upPxc]|[^\\\]])+\]|\\[dDwWsSntrfv]|\\[^0-9A-Za-z]|[^\\^$.*+?()[\]{}|/]|\.|/`;
const QUANTIFIER = String.raw`[*+?]|\{\d+(?:,\d*)?\}`;
const ITEM = new RegExp(`(${ATOM})(${QUANTIFIER})?(?![?*+{])`, 'uy');
const OTHERS = 1n << 128n;
const MAX_ITEMS = 64;

/**
 * Whether a backtracking engine runs the pattern in linear time: `^`, then single characters or classes,
 * each with at most one greedy quantifier, where no repeated item shares a character with anything that may
 * follow it. Giving back what such an item took can then never help, and each failure is final at once.
 * Answers false where it cannot tell.
 */
export function isDeterministic(source: string): boolean {
  const items = readItems(source);
  return items?.every((item, at) => !item.varying || (item.set & followSet(items, at)) === 0n) ?? false;
}

/** Characters that may come right after an item: up to and with the first one that is not optional. */
function followSet(items: readonly Item[], at: number): bigint {
  let set = 0n;
  for (const item of items.slice(at + 1)) {
    set |= item.set;
    if (!item.optional) break;
  }
  return set;
}

function readItems(source: string): readonly Item[] | undefined {
  if (!source.startsWith('^') || !isUnicodePattern(source)) return undefined;
  const end = source.endsWith('$') && !source.endsWith('\\$') ? source.length - 1 : source.length;
  const items: Item[] = [];
  let at = 1;
  while (at < end && items.length < MAX_ITEMS) {
    ITEM.lastIndex = at;
    const found = ITEM.exec(source);
    if (found === null || at + found[0].length > end) return undefined;
    items.push(readItem(found[1] as string, found[2] ?? ''));
    at += found[0].length;
  }
  return at === end ? items : undefined;
}

function readItem(atom: string, quantifier: string): Item {
  const counts = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier);
  const optional = quantifier === '*' || quantifier === '?' || Number(counts?.[1] ?? 1) === 0;
  const fixed = quantifier === '' || (counts !== null && (counts[2] === '' || counts[1] === counts[3]));
  return { set: charactersOf(atom), optional, varying: !fixed };
}

/** Asks the runtime's own engine about each ASCII character; everything else is one character to us. */
function charactersOf(atom: string): bigint {
  const matcher = new RegExp(`^${atom}$`, 'u');
  let set = 0n;
  for (let code = 0; code < 128; code++) if (matcher.test(String.fromCharCode(code))) set |= 1n << BigInt(code);
  const plain =
    /^(?:\[(?!\^)(?:[ -Z^-~]|\\[dwntrfv]|\\[^0-9A-Za-z])+\]|\\[dwntrfv]|\\[^0-9A-Za-z]|[ -~])$/.test(atom) &&
    atom !== '.';
  return plain ? set : set | OTHERS;
}

function isUnicodePattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
