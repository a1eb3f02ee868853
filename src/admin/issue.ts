/** What is asked of a gate for a certificate, and what it answers: shapes that its own command line shares. */
import { z } from 'zod';
import { ISSUE_CODES, type IssueCode } from '../core/errors/index.ts';

const machine = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** What the command finds before it asks. */
const FOUND = ['ISSUE_REQUEST', 'ISSUE_PROOF', 'ISSUE_KEY'] as const satisfies readonly IssueCode[];

const issueOrder = z.union([
  z.strictObject({
    machine,
    /** Of the credential that is meant; null where there is one alone. */
    uri: z.string().min(1).max(2048).nullable(),
    /** A public key as a JSON Web Key, read by the signer. */
    key: z.record(z.string(), z.unknown()),
  }),
  /** The command refused the request itself: to be put on record. */
  z.strictObject({ machine, refused: z.enum(FOUND) }),
]);

/** What `POST /certificates` takes. */
export type IssueOrder = z.infer<typeof issueOrder>;

/** Null for what is no order. */
export function readOrder(body: string): IssueOrder | null {
  try {
    return issueOrder.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

export const issueResult = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    party: z.string(),
    machine: z.string(),
    uri: z.string(),
    /** Lower-case hex. */
    serial: z.string(),
    /** SHA-256 of its DER, lower-case hex. */
    thumbprint: z.string(),
    not_before_ms: z.number(),
    not_after_ms: z.number(),
    /** PEM. */
    certificate: z.string(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.enum(Object.keys(ISSUE_CODES) as IssueCode[]),
    /** For the operator; no key material. */
    reason: z.string(),
  }),
]);

/** What `POST /certificates` answers. */
export type IssueResult = z.infer<typeof issueResult>;
