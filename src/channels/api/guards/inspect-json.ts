import {
  ARRAY,
  COUNT,
  END,
  ESCAPED,
  KEY_END,
  KEY_ESCAPED,
  KEY_START,
  KIND_MASK,
  NEXT,
  NODE_SHIFT,
  START,
  STRING,
  type Tape,
} from '../../../protocol/json/tape.ts';
import { findsIn, type Reading } from './find-in.ts';
import type { BodyPlace, Place } from './place.ts';
import type { Find, Scanner } from './scanner.ts';
import { Trail } from './trail.ts';

/** A JSON text under inspection. */
export interface InspectedJson {
  readonly tape: Tape;
  /** Nodes that are left out and need no look, in document order, none inside another. */
  readonly undeclared: readonly number[];
}

/** Everything found in one string value or name. */
export interface FoundText {
  readonly node: number;
  /** The name of the member rather than its value. */
  readonly is_name: boolean;
  /** The text without escapes; offsets of finds are in it. */
  readonly bytes: Buffer;
  readonly finds: readonly Find[];
  readonly place: Place;
  /** Names as sent, indices as `*`. */
  readonly pointer: string;
}

export interface JsonLook {
  /** Nodes with an anchor in value or name, in document order; empty is the usual case. */
  readonly suspects: readonly number[];
  /** Items of the largest array. */
  readonly rows: number;
}

/** The first look: one step of the automaton for each byte of each string that stays, nothing allocated for benign ones. */
export function lookAtJson(scanner: Scanner, { tape, undeclared }: InspectedJson, names: boolean): JsonLook {
  const { cells, size, source } = tape;
  const suspects: number[] = [];
  let rows = 0;
  let cut = 0;
  for (let node = 0; node < size; ) {
    const cell = node << NODE_SHIFT;
    if (node === undeclared[cut]) {
      cut++;
      node = cells[cell + NEXT] as number;
      continue;
    }
    const head = cells[cell] as number;
    const kind = head & KIND_MASK;
    let suspect = false;
    if (kind === STRING) suspect = suspectsString(scanner, tape, node);
    else if (kind === ARRAY) rows = Math.max(rows, cells[cell + COUNT] as number);
    if (names && !suspect && (cells[cell + KEY_START] as number) >= 0) {
      suspect =
        (head & KEY_ESCAPED) !== 0 ||
        scanner.suspects(source, cells[cell + KEY_START] as number, cells[cell + KEY_END] as number);
    }
    if (suspect) suspects.push(node);
    node++;
  }
  return { suspects, rows };
}

function suspectsString(scanner: Scanner, tape: Tape, node: number): boolean {
  const cell = node << NODE_SHIFT;
  const start = (tape.cells[cell + START] as number) + 1;
  const end = (tape.cells[cell + END] as number) - 1;
  if (((tape.cells[cell] as number) & ESCAPED) === 0) return scanner.suspects(tape.source, start, end);
  const text = Buffer.from(tape.stringAt(node));
  return scanner.suspects(text, 0, text.length);
}

/** The second look, at the suspects alone: what the rules find, and what the contract says about the place. */
export function* findInJson(
  reading: Reading,
  { tape }: InspectedJson,
  suspects: readonly number[],
  body: BodyPlace,
): Generator<FoundText> {
  const trail = new Trail(tape, body.root);
  for (const node of suspects) {
    const value = tape.kind(node) === STRING ? findIn(reading, textOf(tape, node)) : null;
    const name = body.open_names ? findIn(reading, nameOf(tape, node)) : null;
    if (value === null && name === null) continue;
    const { place, pointer } = trail.to(node);
    if (value) yield { node, is_name: false, ...value, place, pointer };
    if (name) yield { node, is_name: true, ...name, place, pointer };
  }
}

function findIn(reading: Reading, bytes: Buffer | null): Pick<FoundText, 'bytes' | 'finds'> | null {
  if (!bytes) return null;
  const finds = findsIn(reading, { bytes, start: 0, end: bytes.length });
  return finds.length === 0 ? null : { bytes, finds };
}

function textOf(tape: Tape, node: number): Buffer {
  if (((tape.cells[node << NODE_SHIFT] as number) & ESCAPED) !== 0) return Buffer.from(tape.stringAt(node));
  return tape.source.subarray(tape.start(node) + 1, tape.end(node) - 1);
}

function nameOf(tape: Tape, node: number): Buffer | null {
  const name = tape.keyOf(node);
  return name === undefined ? null : Buffer.from(name);
}
