/** What other checkers say of an endpoint, in the words ours has for it. */
import { execFileSync } from 'node:child_process';
import { findTool } from '../../test/acceptance/harness/tools.ts';
import type { Peer } from './part.ts';
import { runProgram } from './run-program.ts';
import { type Findings, findingsOf } from './testssl.ts';

/** What can be compared: the versions an endpoint takes, and the suites of each by their number. */
export interface Said {
  /** Such as `TLS 1.2`, sorted. */
  readonly versions: readonly string[];
  /** By version; those a tool does not tell of are not there. */
  readonly suites: ReadonlyMap<string, readonly number[]>;
  /** The suites the tool has; null where it asks for every number. */
  readonly known: ReadonlySet<number> | null;
  /** Versions the tool does not speak. */
  readonly untold_versions: readonly string[];
  /** Null where the tool does not tell. */
  readonly heartbleed: boolean | null;
  readonly secure_renegotiation: boolean | null;
}

/** All ask by this name: servers choose their settings by it. */
export const NAME = 'localhost';

const OPENSSL_FLAGS: Readonly<Record<string, string>> = {
  'TLS 1.0': '-tls1',
  'TLS 1.1': '-tls1_1',
  'TLS 1.2': '-tls1_2',
  'TLS 1.3': '-tls1_3',
};

/** Each version and suite that it can, asked for alone. */
export function openssl(): Peer<Said> | null {
  const program = findTool('openssl');
  if (program === null) return null;
  const listed = execFileSync(program, ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'], {
    encoding: 'utf8',
  });
  const suites = listed.split('\n').flatMap((line) => {
    const [, high = '', low = '', iana = '', name = '', version = ''] =
      /^\s*0x(\w\w),0x(\w\w) - (\S+)\s+- (\S+)\s+(\S+)/.exec(line) ?? [];
    return version === '' ? [] : [{ id: Number.parseInt(high + low, 16), iana, name, version }];
  });
  return {
    name: 'openssl',
    async ask({ port }) {
      const connects = async (...args: string[]) => {
        const bare = ['-servername', NAME, '-legacy_server_connect', '-no-CAfile', '-no-CApath', '-no-CAstore'];
        const { stdout } = await runProgram(program, ['s_client', '-connect', `127.0.0.1:${port}`, ...bare, ...args]);
        return / Cipher is (?!\(NONE\))/.test(stdout);
      };
      const pairs: (readonly [string, number])[] = [];
      for (const [version, flag] of Object.entries(OPENSSL_FLAGS)) {
        const is_13 = version === 'TLS 1.3';
        for (const one of suites) {
          if ((one.version === 'TLSv1.3') !== is_13 || (one.version === 'TLSv1.2' && version !== 'TLS 1.2')) continue;
          const wanted = is_13 ? ['-ciphersuites', one.iana] : ['-cipher', `${one.name}:@SECLEVEL=0`];
          if (await connects(flag, ...wanted)) pairs.push([version, one.id]);
        }
      }
      const taken = grouped(pairs);
      return {
        versions: [...taken.keys()].toSorted(),
        suites: taken,
        known: new Set(suites.map(({ id }) => id)),
        untold_versions: ['SSL 2.0', 'SSL 3.0'],
        heartbleed: null,
        secure_renegotiation: null,
      };
    },
  };
}

const VERSIONS: Readonly<Record<string, string>> = {
  SSLv2: 'SSL 2.0',
  SSLv3: 'SSL 3.0',
  'TLSv1.0': 'TLS 1.0',
  'TLSv1.1': 'TLS 1.1',
  'TLSv1.2': 'TLS 1.2',
  'TLSv1.3': 'TLS 1.3',
};

function grouped(pairs: readonly (readonly [string, number])[]): Map<string, number[]> {
  const suites = new Map<string, Set<number>>();
  for (const [version, id] of pairs) suites.set(version, (suites.get(version) ?? new Set()).add(id));
  return new Map([...suites].map(([version, ids]) => [version, [...ids].sort((left, right) => left - right)]));
}

export function sslscan(): Peer<Said> | null {
  const program = findTool('sslscan');
  if (program === null) return null;
  return {
    name: 'sslscan',
    async ask({ port }) {
      const args = ['--xml=-', '--show-cipher-ids', `--sni-name=${NAME}`, `127.0.0.1:${port}`];
      const { stdout: xml } = await runProgram(program, args);
      const attributes = (text: string) =>
        new Map([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
      const elements = (name: string) =>
        [...xml.matchAll(new RegExp(`<${name} ([^>]*)/>`, 'g'))].map(([, text = '']) => attributes(text));
      const versions = elements('protocol')
        .filter((one) => one.get('enabled') === '1')
        .map(
          (one) =>
            `${one.get('type')?.toUpperCase()} ${one.get('version') === '2' || one.get('version') === '3' ? `${one.get('version')}.0` : one.get('version')}`,
        );
      const suites = elements('cipher').map(
        (one) => [VERSIONS[one.get('sslversion') ?? ''] ?? '?', Number(one.get('id'))] as const,
      );
      const beats = elements('heartbleed');
      const [renegotiation] = elements('renegotiation');
      return {
        versions: versions.toSorted(),
        suites: grouped(suites.filter(([version]) => version !== 'SSL 2.0')),
        known: null,
        untold_versions: [],
        heartbleed: beats.length === 0 ? null : beats.some((one) => one.get('vulnerable') === '1'),
        // Where it can begin none it says so, and nothing of RFC 5746.
        secure_renegotiation: renegotiation?.get('supported') === '1' ? renegotiation.get('secure') === '1' : null,
      };
    },
  };
}

const TESTSSL_VERSIONS: Readonly<Record<string, string>> = {
  SSLv2: 'SSL 2.0',
  SSLv3: 'SSL 3.0',
  TLS1: 'TLS 1.0',
  TLS1_1: 'TLS 1.1',
  TLS1_2: 'TLS 1.2',
  TLS1_3: 'TLS 1.3',
};

export function testssl(): Peer<Said> | null {
  const program = findTool('testssl');
  if (program === null) return null;
  return {
    name: 'testssl',
    ask: async ({ port }) => saidBy(await findingsOf(program, ['-p', '-E', '-H', '-R'], { name: NAME, port })),
  };
}

function saidBy(findings: Findings): Said {
  const versions = [...findings].flatMap(([id, finding]) => {
    const version = TESTSSL_VERSIONS[id];
    return version !== undefined && /^(offered|supported|vulnerable)/.test(finding) ? [version] : [];
  });
  const suites = [...findings].flatMap(([id, finding]) => {
    const [, version = '', number = ''] = /^cipher-(\w+)_x([0-9a-f]+)$/.exec(id) ?? [];
    const name = { ssl3: 'SSL 3.0', tls1: 'TLS 1.0', tls1_1: 'TLS 1.1', tls1_2: 'TLS 1.2', tls1_3: 'TLS 1.3' }[version];
    return name === undefined || finding === '' ? [] : [[name, Number.parseInt(number, 16)] as const];
  });
  const beat = findings.get('heartbleed') ?? null;
  const renegotiation = findings.get('secure_renego') ?? null;
  return {
    versions: versions.toSorted(),
    suites: grouped(suites),
    known: null,
    untold_versions: [],
    heartbleed: beat === null ? null : /^VULNERABLE/i.test(beat),
    secure_renegotiation: renegotiation === null ? null : /^supported/.test(renegotiation),
  };
}
