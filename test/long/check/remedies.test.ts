/** The lines a report prints for a violated rule, put into the configuration of a real server, make that rule pass. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TargetReport } from '../../../src/check/report/report.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';
import { createLabPki, type LabPki } from '../../check/lab/pki.ts';
import { linesOf, type Quality, withRemedy } from '../../check/lab/set-ups.ts';
import { PROGRAM, type Software, startSoftware } from '../../check/lab/software.ts';
import { checked } from '../../check/servers.ts';

const SOFTWARE = Object.keys(PROGRAM) as Software[];

const OLD = ['tls/modern-protocols', 'tls/old-protocols', 'tls/tls13'];

/** Rules that each set-up violates and a remedy is written for. */
const VIOLATED: Readonly<Record<Software, Readonly<Partial<Record<Quality, readonly string[]>>>>> = {
  nginx: {
    bad: ['tls/aead', 'tls/broken-ciphers', 'tls/forward-secrecy', 'tls/old-protocols'],
    'small-dh': ['tls/dh-size'],
    old: OLD,
  },
  apache: { bad: ['tls/aead', 'tls/forward-secrecy', 'tls/old-protocols'], old: OLD },
  haproxy: {
    bad: ['tls/aead', 'tls/broken-ciphers', 'tls/forward-secrecy', 'tls/old-protocols'],
    old: OLD,
  },
  caddy: {},
  postfix: {
    bad: ['tls/broken-ciphers', 'tls/forward-secrecy', 'tls/old-protocols'],
    'small-dh': ['tls/dh-size'],
    old: OLD,
  },
};

function skipReason(software: Software): string | false {
  if (software === 'postfix' && process.getuid?.() !== 0) return 'Postfix runs as root alone';
  return missingTools('openssl', PROGRAM[software]);
}

describe('the lines of remedies', () => {
  let folder = '';
  let pki: LabPki;
  let count = 0;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-remedies-'));
    // Some servers read as another user.
    chmodSync(folder, 0o755);
    pki = createLabPki(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function checkOf(software: Software, lines: readonly string[]): Promise<TargetReport> {
    const certificates = software === 'caddy' ? [pki.rsa] : [pki.rsa, pki.ecdsa];
    const server = await startSoftware(software, {
      folder: join(folder, `${software}-${count++}`),
      certificates,
      lines,
    });
    try {
      return await checked(server.port, { service: software === 'postfix' ? 'smtps' : 'https' });
    } finally {
      await server.stop();
    }
  }

  for (const software of SOFTWARE) {
    for (const [quality, expected] of Object.entries(VIOLATED[software]) as [Quality, readonly string[]][]) {
      it(`of ${software}, set up so that it is ${quality}, mend each rule`, {
        skip: skipReason(software),
      }, async () => {
        const lines = linesOf(software, quality, pki.dh1024);
        const remedies = remediesOf(await checkOf(software, lines), software, expected);
        assert.deepEqual([...remedies.keys()].toSorted(), expected);
        const reports = new Map<string, TargetReport>();
        for (const [rule, remedy] of remedies) {
          const text = remedy.join('\n');
          const report = reports.get(text) ?? (await checkOf(software, withRemedy(lines, remedy)));
          reports.set(text, report);
          assertMended(report, rule, text);
        }
        const all = [...remedies.values()].reduce(withRemedy, lines);
        const mended = await checkOf(software, all);
        for (const rule of remedies.keys()) assertMended(mended, rule, all.join('\n'));
      });
    }
  }

  it('of caddy are taken by it', { skip: skipReason('caddy') }, async () => {
    const remedy = ['tls {', '  protocols tls1.2 tls1.3', '}'];
    const report = await checkOf('caddy', withRemedy(linesOf('caddy', 'bad', pki.dh1024), remedy));
    const tls13 = report.results.find(({ rule }) => rule === 'tls/tls13');
    assert.deepEqual(tls13?.remedies.find((one) => one.software === 'caddy')?.lines, remedy);
    assert.equal(tls13?.verdict, 'pass');
  });
});

function assertMended({ results }: TargetReport, rule: string, lines: string): void {
  const verdict = results.find((result) => result.rule === rule)?.verdict;
  assert.match(verdict ?? 'none', /^(pass|not-applicable)$/, `${rule} with:\n${lines}`);
}

function remediesOf({ results }: TargetReport, software: Software, rules: readonly string[]) {
  const found = results.flatMap(({ rule, verdict, remedies }) => {
    const remedy = remedies.find((one) => one.software === software);
    const tried = (verdict === 'fail' || verdict === 'warn') && rules.includes(rule) && remedy !== undefined;
    return tried ? [[rule, remedy.lines] as const] : [];
  });
  return new Map<string, readonly string[]>(found);
}
