/** Certificates that end while the gate runs. */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { forgeNow, forgeRoot, writePair } from '../../../test/acceptance/harness/identities.ts';
import type { Project } from '../../../test/acceptance/harness/project.ts';
import { reload } from '../../../test/acceptance/harness/reload.ts';
import { DAY_MS, SERVER_AUTH } from '../../../test/trust/forge.ts';
import { createAbuser, source, statusOf } from '../abuser.ts';
import type { Fault } from '../fault.ts';

/** Longer than a reload takes on a busy machine. */
const LIFE_MS = 10_000;
const GET = 'GET /api/orders HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function replaceGateCertificate(project: Project, life_ms: number): Promise<void> {
  const root = await forgeRoot('Gate root');
  const leaf = await forgeNow({
    name: 'gate',
    issuer: root,
    names: [{ type: 'dns', value: 'localhost' }],
    extended_key_usage: [SERVER_AUTH],
    to_days: life_ms / DAY_MS,
  });
  writePair(project, 'gate', leaf, [root]);
  project.write('pki/gate-ca.pem', root.pem);
}

/** What a partner that connects now is told by its own TLS; empty where the connection stands. */
function newcomer({ pki }: Project, port: number): Promise<string> {
  const file = (name: string) => readFileSync(`${pki}/${name}`);
  const options: ConnectionOptions & { readonly localAddress: string } = {
    host: '127.0.0.1',
    port,
    localAddress: source(1),
    servername: 'localhost',
    ca: file('gate-ca.pem'),
    cert: file('globex-reports.pem'),
    key: file('globex-reports.key'),
  };
  const socket = connect(options);
  return new Promise<string>((resolve) => {
    socket.once('secureConnect', () => resolve(''));
    socket.once('close', () => resolve('closed'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  }).then((told) => {
    socket.destroy();
    return told;
  });
}

export const GATE_CERTIFICATE: Fault = {
  name: 'gate-certificate',
  title: "The gate's certificate ends",
  promise:
    'it is foretold and told, open connections are served on, partners refuse new ones, and a renewed certificate and a reload mend it without a restart',
  records: ['certificate_expiring', 'certificate_expired'],
  async run({ project, port, gate, did, expect, companion }) {
    const ends_ms = Date.now() + LIFE_MS;
    await replaceGateCertificate(project, LIFE_MS);
    await reload(gate(), 'switched');
    expect(/gate\.pem: the certificate .* expires on/.test(gate().output()), 'the gate did not foretell it');
    expect((await newcomer(project, port)) === '', 'no connection before the end');
    await sleep(Math.max(0, ends_ms - Date.now() + 1_200));
    const told = await newcomer(project, port);
    did('a newcomer after the end is told', told);
    expect(/gate\.pem: the certificate .* expired on/.test(gate().output()), 'the gate did not tell of the end');
    expect(told === 'CERT_HAS_EXPIRED', `a newcomer after the end is told ${told}`);
    did('calls in a row on open connections', await companion.inARow());
    await replaceGateCertificate(project, DAY_MS);
    await reload(gate(), 'switched');
    const again = await newcomer(project, port);
    did('a newcomer after the reload', again === '' ? 'is served' : again);
    expect(again === '', `after the renewal a newcomer is told ${again}`);
  },
};

export const CLIENT_CERTIFICATE: Fault = {
  name: 'client-certificate',
  title: "A partner's certificate ends on open connections",
  promise: 'no exchange passes after the end, on no connection and no worker; other partners do not notice',
  records: ['AUTHN_CERT_EXPIRED'],
  async run({ project, port, did, expect, quick }) {
    const life_ms = quick ? 3_000 : 6_000;
    const end_ms = Date.now() + life_ms;
    await project.issueClient({ file: 'short', uri: 'spiffe://globex.example/reports', days: life_ms / DAY_MS });
    const abuser = createAbuser(project, port);
    const opened = await Promise.all(
      Array.from({ length: 8 }, (_, at) => abuser.open({ from: source(at), as: 'short' })),
    );
    const sockets = opened.filter((socket): socket is TLSSocket => socket !== null);
    const counts = { before: 0, 'refused after': 0, 'passed after': 0 };
    await Promise.all(
      sockets.map(async (socket) => {
        while (Date.now() < end_ms + 2_000 && !socket.destroyed) {
          const asked_ms = Date.now();
          const status = await statusOf(socket, GET);
          if (status === '200' && asked_ms > end_ms) counts['passed after']++;
          else if (status === '200') counts.before++;
          else counts['refused after']++;
          await sleep(100);
        }
        socket.destroy();
      }),
    );
    did('connections', sockets.length);
    for (const [what, count] of Object.entries(counts)) did(`exchanges ${what}`, count);
    expect(counts.before > 0 && counts['refused after'] > 0, 'the end was not seen');
    expect(counts['passed after'] === 0, 'an exchange passed after the certificate had ended');
  },
};
