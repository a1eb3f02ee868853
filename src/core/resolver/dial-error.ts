import type { RefusalCode } from '../errors/codes.ts';

/** The ways dialling fails; each is a refusal code of the forward step. */
export type DialCode = Extract<
  RefusalCode,
  'FORWARD_NAME' | 'FORWARD_UNREACHABLE' | 'FORWARD_UNPROVEN' | 'FORWARD_LATE'
>;

/**
 * Thrown by everything in this folder that reaches for the network. `reason` is for the record: a system
 * or OpenSSL error name and our own words, never bytes the far end sent.
 */
export class DialError extends Error {
  readonly code: DialCode;
  readonly reason: string;

  constructor(code: DialCode, reason: string) {
    super(`${code}: ${reason}`);
    this.name = 'DialError';
    this.code = code;
    this.reason = reason;
  }
}

/** The error's code when the platform gave one (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), else its class name. */
export function platformReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' ? code : error.name;
}
