/** Texts nobody attacks anybody with: documentation, licences, source code, logs, JSON, names and sentences of trade. */
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';

const TEXT =
  /\.(?:md|txt|ts|js|mjs|cjs|json|ya?ml|html?|css|sh|gz)$|\/(?:copyright|README[^/]*|LICEN[CS]E[^/]*|changelog[^/]*|NEWS[^/]*|TODO|AUTHORS)$/i;
const LONGEST_FILE = 2_000_000;
const LONGEST_STRING = 2000;

/** What API callers write that rules of patterns are known to stumble over. */
export const HAND_WRITTEN: readonly string[] = [
  "O'Brien",
  "D'Angelo & Sons",
  'Dvořák; Smetana | Janáček',
  'Select Union Committee',
  'union of workers and select members',
  "Rock 'n' Roll or Jazz",
  "it's 1 or 2 = maybe",
  'drop table tennis off at 5',
  'Please update the table and set it for six',
  'delete from my list',
  'insert into slot A; then tighten',
  "the 'or' in this sentence",
  'AT&T',
  'R&D; sales',
  'a < b && c > d',
  'price: $(5)',
  '50% off and 20% more',
  'C:\\Users\\ann\\file.txt',
  '../docs/readme.md',
  'if (x == 1 or y == 2)',
  'SELECT * FROM orders WHERE id = 7',
  "INSERT INTO t VALUES ('a')",
  'see https://example.com/a?b=1&c=2',
  'Hello {{name}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what templates hold
  'Dear ${customer.name}',
  '<b>bold</b>',
  '<!DOCTYPE html>',
  'rm -rf node_modules && npm ci',
  'curl -sSf https://sh.rustup.rs | sh',
  'cat a.txt | grep foo; echo done',
  "Mr. and Mrs. O'Neil -- thanks!",
  "'quoted' -- with a dash",
  '#1 in sales',
  "the boys' #1 pick",
  'waiting 5; sleeping 10',
  'benchmark (2024) results',
  'order by 5 pm',
  'having 1 or more = fine',
  '1=1',
  '(555) 010-0199',
  'http://localhost:3000/callback',
  'file the report',
  'ldap and radius',
  'Tom; cat',
  'id;name;price',
  'a|b|c',
  "l'été",
  "aujourd'hui",
];

/** Every string of the benign corpus: lines of files, and every string and name of JSON documents. */
export async function* benignStrings(
  folders: readonly string[],
  json_files: readonly string[],
): AsyncGenerator<string> {
  yield* HAND_WRITTEN;
  for (const file of json_files) if (existsSync(file)) yield* jsonStrings(JSON.parse(readFileSync(file, 'utf8')));
  for (const folder of folders) {
    for (const file of filesBelow(folder)) {
      const text = await readText(file);
      if (file.endsWith('.json')) yield* stringsOfJsonText(text);
      yield* text.split('\n').filter((line) => line.trim() !== '' && line.length <= LONGEST_STRING);
      // Whole paragraphs are what a text field holds.
      yield* text.split(/\n\s*\n/).filter((part) => part.includes('\n') && part.length <= LONGEST_STRING);
    }
  }
}

function* filesBelow(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(place);
    else if (
      entry.isFile() &&
      TEXT.test(place) &&
      !/\.min\.|\.map$/.test(place) &&
      statSync(place).size <= LONGEST_FILE
    )
      yield place;
  }
}

async function readText(file: string): Promise<string> {
  if (!file.endsWith('.gz')) return readFileSync(file, 'utf8');
  const parts: Buffer[] = [];
  try {
    for await (const part of createReadStream(file).pipe(createGunzip())) parts.push(part as Buffer);
  } catch {
    return '';
  }
  return Buffer.concat(parts).toString('utf8');
}

function* stringsOfJsonText(text: string): Generator<string> {
  try {
    yield* jsonStrings(JSON.parse(text));
  } catch {
    // With comments, or not JSON at all: its lines are read as those of any text.
  }
}

function* jsonStrings(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* jsonStrings(item);
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) yield* jsonStrings(item);
}
