/**
 * The guards, measured: what the rules find in attacks, how often they are wrong about benign strings, and what they cost.
 *
 *   node bench/guards.ts [--attacks FOLDER] [--json FILE]... [--text FOLDER]... [--show RULE]
 *
 * Without --text the packages in node_modules and /usr/share/doc are read.
 */
import { parseArgs } from 'node:util';
import { findsIn, type Reading } from '../src/channels/api/guards/find-in.ts';
import { NO_PLACES } from '../src/channels/api/guards/operation-places.ts';
import { GuardCompiler } from '../src/channels/api/guards/plan.ts';
import { RULES } from '../src/channels/api/guards/rules/index.ts';
import { DEFAULT_GUARDS, type GuardName } from '../src/channels/api/guards/settings.ts';
import { attackSets } from './guards/attacks.ts';
import { benignStrings } from './guards/benign.ts';
import { benchCost } from './guards/cost.ts';

const { values } = parseArgs({
  options: {
    attacks: { type: 'string' },
    json: { type: 'string', multiple: true, default: [] },
    text: { type: 'string', multiple: true, default: ['node_modules', '/usr/share/doc'] },
    show: { type: 'string', multiple: true, default: [] },
  },
});

const plan = new GuardCompiler().compile(DEFAULT_GUARDS, NO_PLACES);
const request = plan.request as Reading;
const answer = plan.answer as Reading;

const print = (line = ''): void => void process.stdout.write(`${line}\n`);

function rulesIn(reading: Reading, text: string): Set<string> {
  const bytes = Buffer.from(text);
  if (!reading.scanner.suspects(bytes, 0, bytes.length)) return new Set();
  return new Set(findsIn(reading, { bytes, start: 0, end: bytes.length }).map(({ rule }) => rule.id));
}

const guardOf = new Map<string, GuardName>(RULES.map(({ id, guard }) => [id, guard]));

print('attacks found');
print(`${'set'.padEnd(26)}${'strings'.padStart(8)}${'attacks'.padStart(10)}${'or suspicions'.padStart(15)}`);
for (const { name, strings } of attackSets(values.attacks ?? null)) {
  let blocked = 0;
  let noticed = 0;
  for (const text of strings) {
    const found = rulesIn(request, text);
    if ([...found].some((id) => guardOf.get(id) === 'attacks')) blocked++;
    if (found.size > 0) noticed++;
    else if (values.show.includes('missed')) print(`  missed: ${JSON.stringify(text.slice(0, 150))}`);
  }
  const share = (count: number) => `${((100 * count) / strings.length).toFixed(1)} %`;
  print(
    `${name.padEnd(26)}${String(strings.length).padStart(8)}${share(blocked).padStart(10)}${share(noticed).padStart(15)}`,
  );
}

const wrong = new Map<string, number>(RULES.map(({ id }) => [id, 0]));
let benign = 0;
let benign_bytes = 0;
const seen = new Set<string>();
for await (const text of benignStrings(values.text, values.json)) {
  if (seen.has(text)) continue;
  seen.add(text);
  benign++;
  benign_bytes += text.length;
  for (const reading of [request, answer]) {
    for (const id of rulesIn(reading, text)) {
      wrong.set(id, (wrong.get(id) ?? 0) + 1);
      if (values.show.includes(id)) print(`  ${id}: ${JSON.stringify(text.slice(0, 300))}`);
    }
  }
}
print();
print(`found in ${benign} different benign strings, ${(benign_bytes / 1e6).toFixed(0)} MB`);
print(`${'guard'.padEnd(16)}${'rule'.padEnd(24)}${'found'.padStart(8)}${'per million'.padStart(13)}`);
for (const { guard, id } of RULES) {
  const count = wrong.get(id) ?? 0;
  print(
    `${guard.padEnd(16)}${id.padEnd(24)}${String(count).padStart(8)}${((1e6 * count) / benign).toFixed(2).padStart(13)}`,
  );
}

print();
benchCost(request, answer, print);
