/** A reader of the Prometheus text format 0.0.4 that accepts nothing else, written from its description. */
import assert from 'node:assert/strict';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const SUFFIXES = ['_bucket', '_sum', '_count'];

export function parseExposition(text: string): ParsedFamily[] {
  assert.ok(text.endsWith('\n'), 'the last line ends with a line feed');
  const families: (ParsedFamily & { samples: Sample[] })[] = [];
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (help) {
      const name = String(help[1]);
      assert.ok(!families.some((family) => family.name === name), `${name} stands in two places`);
      families.push({ name, help: unescaped(String(help[2]), /\\([\\n])/g), type: '', samples: [] });
      continue;
    }
    const family = families.at(-1);
    assert.ok(family, `a sample before any HELP: ${line}`);
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type) {
      assert.equal(type[1], family.name);
      assert.equal(family.samples.length, 0, 'TYPE stands before the samples');
      Object.assign(family, { type: type[2] });
      continue;
    }
    const sample = parseSample(line);
    const base = family.type === 'histogram' ? SUFFIXES.map((suffix) => family.name + suffix) : [family.name];
    assert.ok(base.includes(sample.name), `${sample.name} among the samples of ${family.name}`);
    const key = `${sample.name}${JSON.stringify(sample.labels)}`;
    assert.ok(!seen.has(key), `twice: ${key}`);
    seen.add(key);
    family.samples.push(sample);
  }
  return families;
}

function parseSample(line: string): Sample {
  const [name, after] = take(line, 0, NAME);
  let at = after;
  const labels: Record<string, string> = Object.create(null);
  if (line[at] === '{') {
    do {
      const [label, end] = take(line, at + 1, LABEL_NAME);
      assert.equal(line.slice(end, end + 2), '="', line);
      const [value, closed] = quoted(line, end + 2);
      assert.ok(!(label in labels), `label ${label} twice`);
      labels[label] = value;
      at = closed;
    } while (line[at] === ',');
    assert.equal(line[at], '}', line);
    at++;
  }
  assert.equal(line[at], ' ', line);
  const number = line.slice(at + 1);
  assert.match(number, /^(?:[+-]Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/, line);
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) };
}

function take(line: string, at: number, pattern: RegExp): [string, number] {
  pattern.lastIndex = at;
  const found = pattern.exec(line);
  assert.ok(found, `${line} at ${at}`);
  return [found[0], at + found[0].length];
}

function quoted(line: string, from: number): [string, number] {
  const found = /(?:[^"\\\n]|\\["\\n])*"/y;
  found.lastIndex = from;
  const match = found.exec(line);
  assert.ok(match, line);
  return [unescaped(match[0].slice(0, -1), /\\(["\\n])/g), from + match[0].length];
}

function unescaped(text: string, pattern: RegExp): string {
  return text.replace(pattern, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}

export function samplesOf(text: string, name: string): readonly Sample[] {
  return parseExposition(text).flatMap(({ samples }) => samples.filter((sample) => sample.name === name));
}
