/** Records and folders for the tests of the audit log. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type AuditLogOptions, openAuditLog } from '../../src/core/audit/log.ts';
import { readRecords, type StoredRecord } from '../../src/core/audit/read.ts';
import type { ExchangeRecord, IntentRecord, TlsEvidence } from '../../src/core/audit/record.ts';
import { LoadError } from '../../src/core/errors/faults.ts';

export const TLS: TlsEvidence = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  group: 'X25519MLKEM768',
  resumed: false,
  sni: 'api.partner.example',
  alpn: 'h2',
  ja4: 't13d1516h2_8daaf6152771_02713d6af862',
  offered_groups: ['X25519MLKEM768', 'x25519'],
};

export function intent(exchange_id: string, changes: Partial<IntentRecord> = {}): IntentRecord {
  return {
    exchange_id,
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    started_ms: 1_790_000_000_000,
    plan: 'sha256:5e3f4c1b',
    zone: 'partner',
    party: 'acme',
    machine: 'acme-erp',
    credential: 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2',
    source: { address: '198.51.100.23', port: 51234 },
    operation: 'orders.createOrder',
    path_template: '/orders/{order_id}',
    method: 'POST',
    ...changes,
  };
}

export function outcome(exchange_id: string, changes: Partial<ExchangeRecord> = {}): ExchangeRecord {
  const { method: _, ...known } = intent(exchange_id);
  return {
    ...known,
    span_id: '00f067aa0ba902b7',
    ended_ms: 1_790_000_000_007,
    channel: 'api',
    tls: TLS,
    http: { version: '2', method: 'POST' },
    request_bytes: 812,
    response_bytes: 1024,
    steps_us: { admit: 5, authorize: 4 },
    verdict: 'allowed',
    code: null,
    step: null,
    pointer: null,
    rule: null,
    reason: null,
    status: 201,
    upstream: { address: '10.0.0.7:8443', status: 201, attempts: 1, trimmed: 2 },
    policies: ['orders-partners'],
    ...changes,
  };
}

/** A new folder, removed after the test. */
export function freshFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-audit-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const openLog = (folder: string, changes: Partial<AuditLogOptions> = {}) =>
  openAuditLog({ folder, now: () => 1_790_000_001_000, retry_ms: 10, ...changes });

export async function readAll(folder: string): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of readRecords(folder)) records.push(record);
  return records;
}

/** `kind:exchange id` of each record, with the code of a refused outcome; events by name. */
export async function summary(folder: string): Promise<string[]> {
  return (await readAll(folder)).map(({ kind, exchange_id, ocsf }) => {
    if (kind === 'event') return `event:${String(ocsf['activity_name'])}`;
    const code = ocsf['status_code'];
    return `${kind}:${exchange_id}${code === undefined ? '' : `:${String(code)}`}`;
  });
}

/** For `assert.rejects`: a LoadError with one DATA_FOLDER fault whose printed form matches. */
export const dataFolderFault =
  (printed: RegExp) =>
  (error: unknown): boolean =>
    error instanceof LoadError && error.faults[0]?.code === 'DATA_FOLDER' && printed.test(error.message);
