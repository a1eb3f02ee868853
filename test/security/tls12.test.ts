/** What TLS 1.2, where a zone allows it, adds for a caller to try. */
import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import { readAnswers } from '../acceptance/wire/raw-client.ts';
import { type AttackedGate, attackedGate, get } from './attacked-gate.ts';

let gate: AttackedGate;

interface Visit {
  readonly status: number;
  readonly reused: boolean;
  readonly session: Buffer | undefined;
}

/** One call on a connection of its own. */
function visit(options: ConnectionOptions): Promise<Visit> {
  return new Promise((resolve, reject) => {
    let session: Buffer | undefined;
    const chunks: Buffer[] = [];
    const socket = connect({
      host: '127.0.0.1',
      port: gate.port,
      servername: 'localhost',
      maxVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      ca: gate.identity('acme-erp').ca,
      ...options,
    });
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')));
    socket.on('session', (ticket: Buffer) => {
      session = ticket;
    });
    socket.once('secureConnect', () => socket.write(get('/api/orders')));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const [answer] = readAnswers(Buffer.concat(chunks)).answers;
      if (!answer) return;
      resolve({ status: answer.status, reused: socket.isSessionReused(), session: session ?? socket.getSession() });
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('over TLS 1.2', () => {
  before(async () => {
    gate = await attackedGate({ zone_more: '    tls: intermediate' });
  });
  after(() => gate.stop());

  it('a session is taken up by ticket, and its caller is proven again', async () => {
    const first = await visit(gate.identity('acme-erp'));
    assert.deepEqual([first.status, first.reused], [200, false]);
    const again = await visit({ ...gate.identity('acme-erp'), session: first.session! });
    assert.deepEqual([again.status, again.reused], [200, true]);
    assert.equal(gate.outcomes.at(-1)?.machine, 'acme-erp');
    assert.equal(gate.outcomes.at(-1)?.tls?.resumed, true);
  });

  it('the session of a caller without certificate never becomes that of one who has one', async () => {
    const stranger = await visit({});
    assert.equal(stranger.status, 401);
    const later = await visit({ ...gate.identity('acme-erp'), session: stranger.session! });
    assert.equal(later.status, later.reused ? 401 : 200);
  });

  it('no session is kept under an id', async () => {
    const no_ticket = { ...gate.identity('acme-erp'), secureOptions: constants.SSL_OP_NO_TICKET };
    const first = await visit(no_ticket);
    assert.equal(first.status, 200);
    const again = await visit({ ...no_ticket, session: first.session! });
    assert.deepEqual([again.status, again.reused], [200, false]);
  });

  it('a ticket changed in any byte is no ticket', async () => {
    const { session } = await visit(gate.identity('acme-erp'));
    for (const share of [0.35, 0.5, 0.65]) {
      const forged = Buffer.from(session!);
      const at = Math.floor(forged.length * share);
      forged.writeUInt8(forged.readUInt8(at) ^ 1, at);
      const outcome = await visit({ ...gate.identity('acme-erp'), session: forged }).catch(() => null);
      if (outcome?.reused)
        assert.equal(gate.outcomes.at(-1)?.machine, 'acme-erp', "only the client's own part was changed");
    }
    assert.deepEqual(gate.notices, []);
  });
});
