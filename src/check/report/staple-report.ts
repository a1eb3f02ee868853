import type { Staple } from '../tls/certificates/sent-staple.ts';
import type { TlsReport } from './report.ts';

type StapleReport = NonNullable<TlsReport['chains'][number]['staples'][number]>;

/** A stapled OCSP response, with what was made of it. */
export function stapleReport({ response_status, answer, produced_at_ms, signature }: Staple): StapleReport {
  const revocation = answer?.revocation ?? null;
  const holds = signature?.holds === true;
  return {
    response_status,
    cert_status: answer?.cert_status ?? null,
    produced_at: timeOf(produced_at_ms),
    this_update: timeOf(answer?.this_update_ms),
    next_update: timeOf(answer?.next_update_ms),
    revoked_at: timeOf(revocation?.at_ms),
    revocation_reason: revocation?.reason ?? null,
    signature: signature?.algorithm?.name ?? null,
    signature_holds: signature?.holds ?? null,
    failure: signature?.failure ?? null,
    signer: signature?.signer?.subject ?? null,
    delegated: holds ? signature.delegated : null,
  };
}

function timeOf(time_ms: number | null | undefined): string | null {
  return time_ms === null || time_ms === undefined ? null : new Date(time_ms).toISOString();
}
