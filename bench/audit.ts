/**
 * What a durable record costs: `node bench/audit.ts [folder]`. The folder must be on the disk that is to be
 * measured; the default is the system's temporary folder. Prints one line per number of concurrent callers.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog } from '../src/core/audit/log.ts';
import { createSerializer } from '../src/core/audit/ocsf.ts';
import type { ExchangeRecord, IntentRecord, TlsEvidence } from '../src/core/audit/record.ts';

const tls: TlsEvidence = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  group: 'X25519MLKEM768',
  resumed: false,
  sni: 'api.partner.example',
  alpn: 'h2',
  ja4: 't13d1516h2_8daaf6152771_02713d6af862',
  offered_groups: ['X25519MLKEM768', 'x25519', 'secp256r1'],
};

const identity = (number: number): IntentRecord => ({
  exchange_id: `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`,
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  started_ms: 1_790_000_000_000,
  plan: 'sha256:5e3f4c1b0a9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f',
  zone: 'partner',
  party: 'acme',
  machine: 'acme-erp',
  credential: 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2',
  source: { address: '198.51.100.23', port: 51234 },
  operation: 'orders.createOrder',
  path_template: '/orders/{order_id}/lines',
  method: 'POST',
});

function exchange(number: number): ExchangeRecord {
  const { method: _, ...known } = identity(number);
  return {
    ...known,
    span_id: '00f067aa0ba902b7',
    ended_ms: 1_790_000_000_007,
    channel: 'api',
    tls,
    http: { version: '2', method: 'POST' },
    request_bytes: 812,
    response_bytes: 1024,
    steps_us: { admit: 5, authenticate: 31, match: 2, limit: 1, authorize: 4, validate: 20, forward: 1900, filter: 25 },
    verdict: 'allowed',
    code: null,
    step: null,
    pointer: null,
    rule: null,
    reason: null,
    status: 201,
    upstream: { address: '10.0.0.7:8443', status: 201, attempts: 1, trimmed: 2 },
    policies: ['orders-partners'],
  };
}

function measureSerializer(): void {
  const serializer = createSerializer('0.1.0');
  const records = Array.from({ length: 1000 }, (_, number) => exchange(number));
  const rounds = 200;
  let bytes = 0;
  let began = process.cpuUsage();
  for (let round = 0; round < rounds + 20; round++) {
    if (round === 20) {
      began = process.cpuUsage();
      bytes = 0;
    }
    for (const record of records) bytes += serializer.outcome(record, { sequence: round + 1, batch: 1 }).length;
  }
  const { user, system } = process.cpuUsage(began);
  const lines = rounds * records.length;
  console.log(
    `serialise: ${((user + system) / lines).toFixed(2)} us CPU a record of ${Math.round(bytes / lines)} bytes`,
  );
}

async function measureLog(callers: number, records: number, with_intents: boolean): Promise<void> {
  const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'sallyport-audit-'));
  const log = await openAuditLog({ folder, now: Date.now });
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < records) {
      const record = exchange(next++);
      if (with_intents) await log.intent(identity(next - 1));
      await log.outcome(record);
    }
  };
  const cpu = process.cpuUsage();
  const began_ms = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const spent_ms = performance.now() - began_ms;
  const { user, system } = process.cpuUsage(cpu);
  await log.close();
  rmSync(folder, { recursive: true });
  const written = with_intents ? records * 2 : records;
  console.log(
    `${String(callers).padStart(4)} callers${with_intents ? ' with intents' : ''}: ` +
      `${Math.round((written / spent_ms) * 1000)} records/s, ${((user + system) / written).toFixed(1)} us CPU a record`,
  );
}

measureSerializer();
for (const callers of [1, 32, 128]) await measureLog(callers, callers === 1 ? 4_000 : 60_000, false);
await measureLog(32, 30_000, true);
