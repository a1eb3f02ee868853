/**
 * `node tools/tls-cipher-suites.ts CSV DAY > src/protocol/tls/cipher-suite-names.ts`: the names of the cipher suites of the IANA registry
 * (https://www.iana.org/assignments/tls-parameters/tls-parameters-4.csv), as a table that is read at load. DAY says
 * of when the file is.
 */
import { readFileSync } from 'node:fs';

const [file = '', day = ''] = process.argv.slice(2);
/** Signals that stand in the list of suites and are none: TLS_EMPTY_RENEGOTIATION_INFO_SCSV, TLS_FALLBACK_SCSV. */
const SIGNALS = /_SCSV$/;

const entries = [...readFileSync(file, 'utf8').matchAll(/^"0x([0-9A-F]{2}),0x([0-9A-F]{2})",(TLS_\w+),/gm)]
  .map(([, high = '', low = '', name = '']) => ({ id: `${high}${low}`.toLowerCase(), name }))
  .filter(({ name }) => !SIGNALS.test(name));

process.stdout.write(`/**
 * IANA TLS Cipher Suites registry as of ${day}: value in hex and name without \`TLS_\`, the signalling values left out.
 * Made by tools/tls-cipher-suites.ts.
 */
export const CIPHER_SUITE_NAMES = \`
${entries.map(({ id, name }) => `${id} ${name.slice(4)}`).join('\n')}
\`;
`);
