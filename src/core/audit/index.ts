/** The audit log: what other folders may use of it. */

export type { AuditFile, AuditFs } from './files.ts';
export { RemoteLog } from './link/remote-log.ts';
export { serveLog } from './link/serve.ts';
export {
  type AuditLog,
  type AuditLogOptions,
  type LogState,
  openAuditLog,
  type Recorder,
  type Recovered,
} from './log.ts';
export { readRecords, type StoredRecord } from './read.ts';
export type {
  EventName,
  EventRecord,
  ExchangeRecord,
  IntentRecord,
  RecordKind,
  SourceAddress,
  TlsEvidence,
} from './record.ts';
export { AuditUnavailable, type UnavailableReason } from './unavailable.ts';
