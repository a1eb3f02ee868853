/** docs/check-parity.md, from one run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Compared {
  readonly server: string;
  readonly versions: readonly string[];
  /** How many cipher suites ours found, of all versions. */
  readonly suites: number;
  /** By the name of a peer: each difference, with the reason where there is one. */
  readonly peers: ReadonlyMap<string, readonly Difference[]>;
}

export interface Difference {
  readonly difference: string;
  /** Null where nobody has explained it. */
  readonly why: string | null;
}

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'check-parity.md');

export function writeParityPage(machine: string, peers: readonly string[], compared: readonly Compared[]): void {
  const rows = compared.map(({ server, versions, suites, peers: said }) => {
    const cells = peers.map((peer) => {
      const differences = said.get(peer);
      return differences === undefined
        ? 'not asked'
        : differences.length === 0
          ? 'agrees'
          : `${differences.length} explained below`;
    });
    return `| ${[server, versions.join(', '), suites, ...cells].join(' | ')} |`;
  });
  const explained = compared.flatMap(({ server, peers: said }) =>
    [...said].flatMap(([peer, differences]) =>
      differences.map(({ difference, why }) => `- ${server}, ${peer}: ${difference}. ${why ?? '**Not explained.**'}`),
    ),
  );
  const text = `<!-- Written by \`npm run bench -- parity --page\` from one run. -->

# A check beside other checkers

The same servers on one machine, asked by \`sallyport check\` and by others in one run: the versions they find, the cipher suites of each version, Heartbleed,
and RFC 5746. A difference that has no written reason makes the run fail, and so does a reason that explains nothing. How each server is set up is in \`test/check/lab\`.

${machine}

| server | versions | suites | ${peers.join(' | ')} |
|---|---|---|${peers.map(() => '---|').join('')}
${rows.join('\n')}

## Differences

${explained.length === 0 ? 'None.' : explained.join('\n')}
`;
  writeFileSync(PAGE, text);
  console.log(`wrote ${PAGE}`);
}
