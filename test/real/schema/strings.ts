/** Strings for a schema: of its format, its pattern and its length. */
import { matching } from './pattern.ts';
import type { Random } from './random.ts';

/** Where the string is going: some places cannot carry every character. */
export type Alphabet = 'any' | 'word';

const HEX = '0123456789abcdef';

const FORMATS: Readonly<Record<string, (random: Random) => string>> = {
  'date-time': (random) => `2026-0${1 + random.below(9)}-1${random.below(9)}T08:30:0${random.below(9)}Z`,
  date: (random) => `2026-0${1 + random.below(9)}-1${random.below(9)}`,
  time: () => '08:30:06Z',
  duration: (random) => `P${1 + random.below(20)}D`,
  email: (random) => `user${random.below(1000)}@example.com`,
  'idn-email': () => 'user@example.com',
  hostname: (random) => `host-${random.below(100)}.example.com`,
  'idn-hostname': () => 'host.example.com',
  ipv4: (random) => `192.0.2.${random.below(256)}`,
  ipv6: () => '2001:db8::7',
  uri: (random) => `https://example.com/things/${random.below(1000)}?page=2`,
  'uri-reference': (random) => `/things/${random.below(1000)}`,
  iri: () => 'https://example.com/',
  'iri-reference': () => '/things',
  url: (random) => `https://example.com/things/${random.below(1000)}`,
  'uri-template': () => 'https://example.com/things{/id}{?page}',
  uuid: (random) =>
    [8, 4, 4, 4, 12]
      .map((length, group) => {
        const digits = Array.from({ length }, () => HEX[random.below(16)]).join('');
        if (group === 2) return `4${digits.slice(1)}`;
        return group === 3 ? `8${digits.slice(1)}` : digits;
      })
      .join('-'),
  'json-pointer': () => '/a/b~1c',
  'relative-json-pointer': () => '1/a',
  regex: () => '^[a-z]+$',
  byte: () => 'aGVsbG8=',
  base64: () => 'aGVsbG8=',
};

/** Beyond ASCII, quotes and what JSON has to escape. */
const TEXTS = ['plain words', 'Zoë “quoted” \\ and / \t tab', '漢字 and 🙂', 'line one\nline two'] as const;

export interface StringNeeds {
  readonly formats: readonly string[];
  readonly patterns: readonly string[];
  readonly min_length: number;
  readonly max_length: number;
  readonly alphabet: Alphabet;
}

/** @returns null where none was found; the caller falls back on an example */
export function stringFor(needs: StringNeeds, random: Random): string | null {
  const { formats, patterns, min_length, max_length, alphabet } = needs;
  const [pattern] = patterns;
  if (pattern !== undefined) return matching(pattern, { min: min_length, max: max_length }, random);
  const make = formats.map((format) => FORMATS[format]).find((known) => known !== undefined);
  if (make) return make(random);
  const text = alphabet === 'any' ? random.pick(TEXTS) : `word${random.below(100)}`;
  return fit(text, min_length, max_length);
}

function fit(text: string, min_length: number, max_length: number): string {
  const characters = [...text].slice(0, max_length);
  while (characters.length < min_length) characters.push('x');
  return characters.join('');
}
