/** docs/check-parity.md, from what was saved. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartId } from './part.ts';

/** One kind of comparison, as it came out. */
export interface Compared {
  readonly id: PartId;
  /** All servers of it were asked. */
  readonly whole: boolean;
  readonly title: string;
  readonly columns: readonly string[];
  readonly peers: readonly string[];
  readonly servers: readonly {
    readonly name: string;
    /** When it was asked, ISO 8601. */
    readonly at: string;
    readonly cells: readonly string[];
    /** By the name of a peer. */
    readonly peers: Readonly<Record<string, readonly Difference[]>>;
  }[];
}

export interface Difference {
  readonly difference: string;
  /** Null where nobody has explained it. */
  readonly why: string | null;
}

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'check-parity.md');

const fileOf = (id: PartId) => join(import.meta.dirname, '..', 'results', `parity-${id}.json`);

interface Saved extends Compared {
  /** The machine and the time, a line each. */
  readonly run: string;
}

/** Servers that were not asked this time stay as they were saved. */
export function saveComparison(run: string, compared: Compared): void {
  const file = fileOf(compared.id);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Saved).servers : [];
  const anew = new Map(compared.servers.map((one) => [one.name, one]));
  const kept = before.map((one) => anew.get(one.name) ?? one);
  const added = compared.servers.filter(({ name }) => before.every((one) => one.name !== name));
  const saved: Saved = { run, ...compared, servers: [...kept, ...added] };
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`);
}

/** From what was saved last of each part. */
export function writeParityPage(): void {
  const files = (['handshakes', 'chains'] as const).map(fileOf).filter(existsSync);
  const parts = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Saved);
  const text = `<!-- Written by \`npm run bench -- parity --page\` from what was saved of the last run with each server. -->

# A check beside other checkers

The same servers on one machine, asked one after the other by \`sallyport check\` and by others. What both can tell is compared: the versions a server takes, the cipher suites
of each version, Heartbleed and RFC 5746, and what is to be said of the certificates it sends. A difference that has no written reason makes the run fail, and so does a
reason that explains nothing. Each row is from the last run with that server. How each is set up is in \`test/check/lab\` and \`bench/check\`.
${parts.map(section).join('')}`;
  writeFileSync(PAGE, text);
  console.log(`wrote ${PAGE}`);
}

function section({ run, title, columns, peers, servers }: Saved): string {
  const rows = servers.map(({ name, cells, peers: said }) => {
    const agreements = peers.map((peer) => {
      const count = said[peer]?.length ?? 0;
      return count === 0 ? 'agrees' : `${count} explained below`;
    });
    return `| ${[name, ...cells, ...agreements].join(' | ')} |`;
  });
  const differences = servers.flatMap(({ name, peers: said }) =>
    Object.entries(said).flatMap(([peer, list]) =>
      [...Map.groupBy(list, ({ why }) => why)].map(([why, alike]) => {
        const told = inOneSentence(alike.map(({ difference }) => difference));
        return `- **${name}, ${peer}**: ${told}. *${why ?? 'Not explained.'}*`;
      }),
    ),
  );
  const heads = ['server', ...columns, ...peers];
  const times = servers.map(({ at }) => at).sort();
  return `
## ${title}

${run}
The servers were asked between ${times[0]} and ${times.at(-1)}.

| ${heads.join(' | ')} |
|${heads.map(() => '---|').join('')}
${rows.join('\n')}

${differences.length === 0 ? 'No differences.' : `Differences:\n\n${differences.join('\n')}`}
`;
}

const ALONE = ': ours alone';

function inOneSentence(differences: readonly string[]): string {
  if (!differences.every((one) => one.endsWith(ALONE))) return differences.join('; ');
  return `ours alone has ${differences.map((one) => one.slice(0, -ALONE.length)).join(', ')}`;
}
