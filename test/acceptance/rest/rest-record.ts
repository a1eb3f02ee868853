/** The outcome record of an exchange, in full, as a test asks for it. */
import { readRecords, type StoredRecord } from '../../../src/core/audit/index.ts';
import type { Project } from '../harness/project.ts';

/** Null where the record does not have the fact. */
export interface RestRecord {
  readonly verdict: string;
  readonly code: string | null;
  readonly step: string | null;
  readonly pointer: string | null;
  readonly rule: string | null;
  readonly status: number | null;
  readonly party: string | null;
  readonly machine: string | null;
  readonly credential: string | null;
  readonly zone: string;
  readonly plan: string;
  readonly method: string;
  readonly http_version: string;
  readonly operation: string;
  readonly path_template: string | null;
  readonly source: { readonly ip: string; readonly port: number };
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly trace_id: string;
  readonly steps_us: Readonly<Record<string, number>>;
  readonly policies: readonly string[];
  readonly tls: {
    readonly version: string;
    readonly cipher: string;
    readonly resumed: boolean;
    readonly sni: string | null;
    readonly alpn: string | null;
    readonly ja4: string;
    readonly offered_groups: readonly string[];
  };
  readonly upstream: { address: string | null; status: number | null; attempts: number; trimmed: number } | null;
  /** As it stands in the log. */
  readonly stored: StoredRecord;
}

// biome-ignore format: one line says the shape
interface Ocsf {
  readonly actor: { readonly user?: { readonly uid?: string; readonly credential_uid?: string; readonly org?: { readonly uid: string } }; readonly session?: { readonly credential_uid?: string } };
  readonly src_endpoint: { readonly ip: string; readonly port: number };
  readonly api: { readonly operation: string };
  readonly http_request: { readonly http_method: string; readonly version: string; readonly length: number; readonly url?: { readonly path: string } };
  readonly http_response?: { readonly code: number; readonly length: number };
  readonly trace: { readonly uid: string };
  readonly status_code?: string;
  readonly unmapped: { readonly sallyport: Pick<RestRecord, 'verdict' | 'step' | 'pointer' | 'rule' | 'zone' | 'plan' | 'steps_us' | 'policies' | 'tls' | 'upstream'> };
}

/** Everything on record about an exchange, oldest first. */
export async function recordsAbout(project: Project, exchange_id: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  for await (const record of readRecords(`${project.folder}/data/audit`)) {
    if (record.exchange_id === exchange_id) found.push(record);
  }
  return found;
}

export function readOutcome(stored: StoredRecord): RestRecord {
  const ocsf = stored.ocsf as unknown as Ocsf;
  const { user, session } = ocsf.actor;
  const own = ocsf.unmapped.sallyport;
  return {
    verdict: own.verdict,
    code: ocsf.status_code ?? null,
    step: own.step,
    pointer: own.pointer,
    rule: own.rule,
    status: ocsf.http_response?.code ?? null,
    party: user?.org?.uid ?? null,
    machine: user?.uid ?? null,
    credential: user?.credential_uid ?? session?.credential_uid ?? null,
    zone: own.zone,
    plan: own.plan,
    method: ocsf.http_request.http_method,
    http_version: ocsf.http_request.version,
    operation: ocsf.api.operation,
    path_template: ocsf.http_request.url?.path ?? null,
    source: ocsf.src_endpoint,
    request_bytes: ocsf.http_request.length,
    response_bytes: ocsf.http_response?.length ?? 0,
    trace_id: ocsf.trace.uid,
    steps_us: own.steps_us,
    policies: own.policies,
    tls: own.tls,
    upstream: own.upstream,
    stored,
  };
}
