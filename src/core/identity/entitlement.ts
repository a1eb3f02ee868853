/** What a machine may be certified as: what its party's file says, and nothing else. */

import type { IssueCode } from '../errors/index.ts';
import type { RegistryInput } from './registry-input.ts';

export interface EntitlementRequest {
  readonly machine: string;
  /** Null: the only one there is. */
  readonly uri: string | null;
  /** Name of the trust that the CA stands in. */
  readonly trust: string;
}

export type Entitlement =
  | { readonly ok: true; readonly party: string; readonly uri: string }
  | {
      readonly ok: false;
      readonly code: Extract<IssueCode, 'ISSUE_MACHINE' | 'ISSUE_SUSPENDED' | 'ISSUE_CREDENTIAL' | 'ISSUE_AMBIGUOUS'>;
      /** What is wrong and what to do, for the operator. */
      readonly reason: string;
    };

/** The `uri` of exactly one credential of the machine under this trust. */
export function entitlementOf(
  { machines, parties }: Pick<RegistryInput, 'machines' | 'parties'>,
  { machine: id, uri, trust }: EntitlementRequest,
): Entitlement {
  const machine = machines.find((one) => one.id === id);
  if (machine === undefined) return { ok: false, code: 'ISSUE_MACHINE', reason: `there is no machine ${id}` };
  const party = parties.find((one) => one.id === machine.party);
  if (machine.suspended || (party?.suspended ?? true)) {
    return { ok: false, code: 'ISSUE_SUSPENDED', reason: `machine ${id} or its party is suspended` };
  }
  const uris = machine.credentials.flatMap((one) => ('uri' in one && one.trust === trust ? [one.uri] : []));
  const [first, second] = uris.filter((one) => uri === null || one === uri);
  if (first === undefined) {
    const { file } = machine.source;
    const wanted = `- { trust: ${trust}, uri: "${uri ?? 'spiffe://…'}" }`;
    const reason = `machine ${id} has no such credential; add to its credentials in ${file}, and reload: ${wanted}`;
    return { ok: false, code: 'ISSUE_CREDENTIAL', reason };
  }
  if (second !== undefined) {
    return { ok: false, code: 'ISSUE_AMBIGUOUS', reason: `name one of them with --uri: ${uris.join(', ')}` };
  }
  return { ok: true, party: machine.party, uri: first };
}
