import type { Codec } from './codec.ts';
import type { Pair } from './fields.ts';
import { refuse } from './refuse.ts';
import { delimiterOf } from './styles.ts';
import { takeApart } from './take-apart.ts';
import { type Field, leaf, type Parts, type Taken } from './types.ts';

/** From the pairs of one field to its value, by its style. */

export interface Writing {
  readonly codec: Codec;
  readonly between: '&' | '; ';
}

/**
 * @returns the parts and the canonical pairs; null parts where an empty value stands that is allowed to
 * @throws Refusal as the field's `at` says
 */
export function takeField(
  field: Field,
  pairs: readonly Pair[],
  writing: Writing,
): Taken | { parts: null; text: string } {
  const [first] = pairs;
  const bare = pairs.length === 1 && first !== undefined && first.name === field.name && first.keys.length === 0;
  if (field.empty && bare && (first.raw === null || first.raw === '')) {
    return { parts: null, text: `${writing.codec.encode(field.name)}=` };
  }
  if (pairs.some(({ raw }) => raw === null)) refuse(field.at, 'form');
  if (bare && field.media === 'json') return takeWhole(field, first, writing);
  if (field.style === 'deepObject') return takeDeep(field, pairs, writing);
  if (field.style === 'form' && field.explode) return takeExploded(field, pairs, writing);
  return takeDelimited(field, first as Pair, writing);
}

function takeWhole(field: Field, { raw, name }: Pair, { codec }: Writing): Taken {
  const text = codec.decode(raw as string, field.at);
  return { parts: leaf(text), text: `${codec.encode(name)}=${codec.encode(text)}` };
}

function takeDelimited(field: Field, { raw, name }: Pair, { codec }: Writing): Taken {
  const delimited = { between: delimiterOf(field.style, field.explode), explode: field.explode };
  const { parts, text } = takeApart(raw as string, field.plan, delimited, codec, field.at);
  return { parts, text: `${codec.encode(name)}=${text}` };
}

/** `a=1&a=2` is an array under the field's own name, `R=1&G=2` an object under the names of its members. */
function takeExploded(field: Field, pairs: readonly Pair[], writing: Writing): Taken {
  const values = decodeAll(field, pairs, writing.codec);
  const single = field.plan.scalars.length > 0 || field.plan.array !== null;
  const own = single ? pairs.filter(({ name }) => name === field.name).length : 0;
  if (own > 0 && own < pairs.length) refuse(field.at, 'form');
  const parts: Parts = {
    whole: own === 1 ? (values[0] as string) : null,
    items: own > 0 ? values.map(leaf) : null,
    members: own === 0 ? pairs.map(({ name }, i) => [name, leaf(values[i] as string)]) : null,
  };
  return { parts, text: write(pairs, values, writing) };
}

/**
 * `a[b]=1`, `a[b][c]=1`, and arrays as `a[b][]=1`, `a[b][0]=1` or `a[b]` repeated: the specification leaves them open,
 * so the form the caller chose is kept, but one array has one form.
 */
function takeDeep(field: Field, pairs: readonly Pair[], writing: Writing): Taken {
  const values = decodeAll(field, pairs, writing.codec);
  const entries = pairs.map(({ keys }, i) => ({ keys, text: values[i] as string }));
  return { parts: grow(field, entries), text: write(pairs, values, writing) };
}

interface Entry {
  readonly keys: readonly string[];
  readonly text: string;
}

/** One level of brackets after the other; the number of keys in a name bounds the depth. */
function grow(field: Field, entries: readonly Entry[]): Parts {
  const leaves = entries.filter(({ keys }) => keys.length === 0);
  if (leaves.length > 0) {
    if (leaves.length < entries.length) refuse(field.at, 'form');
    const items = leaves.map(({ text }) => leaf(text));
    return { whole: leaves.length === 1 ? (leaves[0] as Entry).text : null, items, members: null };
  }
  const groups = new Map<string, Entry[]>();
  for (const { keys, text } of entries) {
    const [key = '', ...rest] = keys;
    const group = groups.get(key);
    if (group) group.push({ keys: rest, text });
    else groups.set(key, [{ keys: rest, text }]);
  }
  const bare = groups.get('');
  if (bare) {
    if (groups.size > 1 || bare.some(({ keys }) => keys.length > 0)) refuse(field.at, 'form');
    return { whole: null, items: bare.map(({ text }) => leaf(text)), members: null };
  }
  const members = Array.from(groups, ([key, inner]) => [key, grow(field, inner)] as const);
  const counted = members.every(([key], index) => key === String(index));
  return { whole: null, items: counted ? members.map(([, parts]) => parts) : null, members };
}

function decodeAll(field: Field, pairs: readonly Pair[], codec: Codec): string[] {
  return pairs.map(({ raw }) => codec.decode(raw as string, field.at));
}

function write(pairs: readonly Pair[], values: readonly string[], { codec, between }: Writing): string {
  return pairs.map(({ name }, i) => `${codec.encode(name)}=${codec.encode(values[i] as string)}`).join(between);
}
