/** Strings that match a pattern: literals, classes, groups, alternatives and repetitions, which is what contracts use. */
import type { Random } from './random.ts';

type Node =
  | { readonly kind: 'text'; readonly characters: readonly string[] }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number };

const NAMED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };
const DIGITS = range('0', '9');
const WORD = [...range('a', 'z'), ...range('A', 'Z'), ...DIGITS, '_'];
const PRINTABLE = range('!', '~');
/** Extra repetitions tried until the length fits. */
const MOST_EXTRA = 64;
const NOTHING: Node = { kind: 'sequence', nodes: [] };

/** @returns null where the pattern has parts that are not understood, or no string of such a length was found */
export function matching(pattern: string, length: { min: number; max: number }, random: Random): string | null {
  let tree: Node;
  try {
    tree = new PatternReader(pattern).read();
  } catch {
    return null;
  }
  const expression = expressionOf(pattern);
  for (let extra = 0; extra <= MOST_EXTRA; extra++) {
    const text = write(tree, extra, random);
    const units = [...text].length;
    if (units >= length.min && units <= length.max && expression.test(text)) return text;
  }
  return null;
}

/** Some authors write what only the old syntax of ECMAScript takes. */
export function expressionOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return new RegExp(pattern);
  }
}

function write(node: Node, extra: number, random: Random): string {
  switch (node.kind) {
    case 'text':
      return random.pick(node.characters);
    case 'sequence':
      return node.nodes.map((each) => write(each, extra, random)).join('');
    case 'choice':
      return write(random.pick(node.branches), extra, random);
    case 'repeat': {
      const times = Math.min(node.max, node.min + extra);
      return Array.from({ length: times }, () => write(node.node, extra, random)).join('');
    }
  }
}

class PatternReader {
  readonly #text: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#text = [...pattern];
  }

  /** @throws Error where a part is not understood */
  read(): Node {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new Error('unbalanced');
    return node;
  }

  #choice(): Node {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return branches.length === 1 ? branches[0]! : { kind: 'choice', branches };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') {
      nodes.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', nodes };
  }

  #atom(): Node {
    const character = this.#next();
    if (character === '^' || character === '$') return NOTHING;
    if (character === '.') return { kind: 'text', characters: WORD };
    if (character === '[') return { kind: 'text', characters: this.#class() };
    if (character === '\\') return { kind: 'text', characters: this.#escape() };
    if (character !== '(') return { kind: 'text', characters: [character] };
    if (this.#take('?') && !this.#take(':')) throw new Error('look-around');
    const node = this.#choice();
    if (!this.#take(')')) throw new Error('unbalanced');
    return node;
  }

  #repeated(node: Node): Node {
    if (this.#take('*')) return this.#lazy({ kind: 'repeat', node, min: 0, max: Number.POSITIVE_INFINITY });
    if (this.#take('+')) return this.#lazy({ kind: 'repeat', node, min: 1, max: Number.POSITIVE_INFINITY });
    if (this.#take('?')) return this.#lazy({ kind: 'repeat', node, min: 0, max: 1 });
    const counts = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at).join(''));
    if (!counts) return node;
    this.#at += counts[0].length;
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]);
    return this.#lazy({ kind: 'repeat', node, min, max });
  }

  #lazy(node: Node): Node {
    this.#take('?');
    return node;
  }

  #class(): readonly string[] {
    const negated = this.#take('^');
    const members: string[] = [];
    while (!this.#take(']')) {
      const from = this.#take('\\') ? this.#escape() : [this.#next()];
      if (from.length === 1 && this.#peek() === '-' && this.#text[this.#at + 1] !== ']') {
        this.#at++;
        const [to] = this.#take('\\') ? this.#escape() : [this.#next()];
        members.push(...range(from[0]!, to!));
      } else members.push(...from);
    }
    const allowed = negated ? PRINTABLE.filter((character) => !members.includes(character)) : members;
    if (allowed.length === 0) throw new Error('empty class');
    return allowed;
  }

  #escape(): readonly string[] {
    const character = this.#next();
    if (character === 'd') return DIGITS;
    if (character === 'w') return WORD;
    if (character === 's') return [' '];
    if (character === 'D' || character === 'W' || character === 'S') return character === 'W' ? ['-'] : ['x'];
    if (character === 'u' || character === 'x' || character === 'p') throw new Error('code point');
    if (/[1-9bB]/.test(character)) throw new Error('reference');
    return [NAMED[character] ?? character];
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #next(): string {
    const character = this.#text[this.#at++];
    if (character === undefined) throw new Error('ends early');
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

function range(from: string, to: string): string[] {
  const first = from.codePointAt(0)!;
  const count = Math.min(to.codePointAt(0)! - first + 1, 200);
  return Array.from({ length: count }, (_, index) => String.fromCodePoint(first + index));
}
