/** What the command is asked to do. */
import { parseArgs } from 'node:util';

export interface FaultsOptions {
  /** Names of faults; empty for all. */
  readonly only: readonly string[];
  readonly quick: boolean;
  /** Where the results go as JSON, null for nowhere. */
  readonly json: string | null;
  /** Writes the table into docs/faults.md. */
  readonly page: boolean;
}

export const HELP = `npm run faults -- [options]

Takes a gate of two workers through abuse and faults, an honest partner calling beside it, and ends with code 1 where a
promise is broken. All of it takes some ten minutes. Mounting needs root, stepping a clock libfaketime; what cannot be done
is told and judged as nothing.

  --only NAMES   with commas between
  --quick        smaller numbers
  --json FILE    every number
  --page         writes the table of this run into docs/faults.md
  --help         with the names
`;

/** @throws Error with what is wrong, for the user */
export function readOptions(argv: readonly string[], names: readonly string[]): FaultsOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      page: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const only = values.only.split(',').filter((name) => name !== '');
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`--only: ${unknown} is none of ${names.join(', ')}`);
  return { only, quick: values.quick, json: values.json ?? null, page: values.page };
}
