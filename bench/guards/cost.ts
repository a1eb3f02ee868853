import type { Reading } from '../../src/channels/api/guards/find-in.ts';
import { findsIn } from '../../src/channels/api/guards/find-in.ts';
import { lookAtJson } from '../../src/channels/api/guards/inspect-json.ts';
import { JsonParser } from '../../src/protocol/json/index.ts';

const ROUNDS = 7;
const ROUND_MS = 150;

function record(index: number): object {
  return {
    id: '123e4567-e89b-12d3-a456-426614174000',
    sku: `AB${100_000 + index}`,
    state: 'shipped',
    quantity: index,
    ordered_at: '2026-03-14T09:26:53Z',
    note: 'Leave it with the neighbour, ring twice and wait for somebody to open the gate',
    tags: ['fragile', 'express'],
    address: { street: 'Pikk 7', city: 'Tallinn', country: 'EE' },
  };
}

function text(size_bytes: number): Buffer {
  const items: object[] = [];
  while (Buffer.byteLength(JSON.stringify({ items })) < size_bytes) items.push(record(items.length));
  return Buffer.from(JSON.stringify({ items }));
}

/** Median over rounds of the time one call takes, in microseconds. */
function time(call: () => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    let calls = 0;
    while (performance.now() - begun < ROUND_MS) {
      for (let again = 0; again < 20; again++) call();
      calls += 20;
    }
    rounds.push((1000 * (performance.now() - begun)) / calls);
  }
  return rounds.sort((left, right) => left - right)[ROUNDS >> 1] as number;
}

export function benchCost(request: Reading, answer: Reading, print: (line?: string) => void): void {
  print('cost of a benign JSON text, beside parsing it');
  print(
    `${'bytes'.padStart(8)}${'parse us'.padStart(11)}${'request us'.padStart(12)}${'answer us'.padStart(11)}${'answer us/KiB'.padStart(15)}${'second looks'.padStart(14)}`,
  );
  for (const size of [1024, 10_240, 102_400]) {
    const bytes = text(size);
    const parser = new JsonParser();
    const tape = parser.parse(bytes);
    const subject = { tape, undeclared: [] };
    const look = (reading: Reading) => time(() => lookAtJson(reading.scanner, subject, false));
    const parsing = time(() => parser.parse(bytes));
    const [asked, answered] = [look(request), look(answer)];
    const { suspects } = lookAtJson(answer.scanner, subject, false);
    const cells = [
      bytes.length,
      parsing.toFixed(2),
      asked.toFixed(2),
      answered.toFixed(2),
      ((1024 * answered) / bytes.length).toFixed(2),
      suspects.length,
    ];
    print([8, 11, 12, 11, 15, 14].map((width, at) => String(cells[at]).padStart(width)).join(''));
  }
  print();
  print('worst texts found, 256 KiB each: microseconds per KiB of the full scan');
  for (const part of WORST) {
    const bytes = Buffer.from(part.repeat(Math.ceil(262_144 / part.length)).slice(0, 262_144));
    const costs = [request, answer].map((reading) => {
      const begun = performance.now();
      findsIn(reading, { bytes, start: 0, end: bytes.length });
      return ((performance.now() - begun) * 1000) / 256;
    });
    print(
      `  ${JSON.stringify(part).slice(0, 40).padEnd(42)} request ${costs[0]!.toFixed(0).padStart(6)}  answer ${costs[1]!.toFixed(0).padStart(6)}`,
    );
  }
}

/** Anchors side by side, and texts that nearly match. */
const WORST = [
  'select ',
  "' or ",
  '@',
  'a@',
  'a.b@c.',
  '://',
  'password=',
  'at a.java:',
  '{{',
  '${',
  '../',
  'error ',
  '1234',
  "'||",
  '" --',
  'AA11',
  'union select ',
  '`',
  '<!doctype ',
  'at a (',
  '.js:',
  'warning: ',
];
