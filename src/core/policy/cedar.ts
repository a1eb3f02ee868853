/**
 * The seam to the Cedar library (WebAssembly). Nothing else imports it.
 *
 * The library keeps parsed policy sets by name, per thread, for ever: there is no call that forgets one. Names are
 * therefore taken from a free list and given back, and a name given back is overwritten with an empty set.
 */

import type {
  AuthorizationAnswer,
  AuthorizationCall,
  DetailedError,
  PolicyJson,
  StatefulAuthorizationCall,
  ValidationAnswer,
} from '@cedar-policy/cedar-wasm/nodejs';
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { POLICY_SCHEMA } from './schema.ts';

export type { DetailedError, EntityJson, Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

const SCHEMA_NAME = 'sallyport';

/** Names of policy sets that are free to use again; mirrors the library's own table, which is per thread too. */
const free_names: string[] = [];
let names_made = 0;

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly DetailedError[] };

function failed<T>(error: unknown): Answer<T> {
  const message = error instanceof Error ? error.message : 'unknown failure';
  return {
    ok: false,
    errors: [
      { message: `the policy library failed: ${message}`, help: null, code: null, url: null, severity: 'error' },
    ],
  };
}

/** Parses the text of one policy. A template or more than one policy is not an answer. */
export function parsePolicy(text: string): Answer<PolicyJson> {
  try {
    const answer = cedar.policyToJson(text);
    return answer.type === 'success' ? { ok: true, value: answer.json } : { ok: false, errors: answer.errors };
  } catch (error) {
    return failed(error);
  }
}

/** How many policies and templates the library sees in a text: a second opinion on our own splitting. */
export function countPolicies(text: string): Answer<{ policies: number; templates: number }> {
  try {
    const answer = cedar.policySetTextToParts(text);
    if (answer.type === 'failure') return { ok: false, errors: answer.errors };
    return { ok: true, value: { policies: answer.policies.length, templates: answer.policy_templates.length } };
  } catch (error) {
    return failed(error);
  }
}

/** Validates policies (text by name) against the schema, in strict mode. */
export function validatePolicies(
  policies: Record<string, string>,
): Answer<Extract<ValidationAnswer, { type: 'success' }>> {
  try {
    const answer = cedar.validate({ schema: POLICY_SCHEMA, policies: { staticPolicies: policies } });
    return answer.type === 'success' ? { ok: true, value: answer } : { ok: false, errors: answer.errors };
  } catch (error) {
    return failed(error);
  }
}

/** Parses a policy set once and keeps it under a name, which is the answer; give it back with {@link releaseSet}. */
export function keepSet(policies: Record<string, string>): Answer<string> {
  const name = free_names.pop() ?? `set-${names_made++}`;
  try {
    const schema = cedar.preparseSchema(SCHEMA_NAME, POLICY_SCHEMA);
    const set = cedar.preparsePolicySet(name, { staticPolicies: policies });
    if (schema.type === 'success' && set.type === 'success') return { ok: true, value: name };
    free_names.push(name);
    return { ok: false, errors: [schema, set].flatMap((answer) => (answer.type === 'failure' ? answer.errors : [])) };
  } catch (error) {
    return failed(error);
  }
}

export function releaseSet(name: string): void {
  try {
    cedar.preparsePolicySet(name, { staticPolicies: {} });
    free_names.push(name);
  } catch {
    // A name whose old set may still stand there must not be used again.
  }
}

export type SetCall = Omit<StatefulAuthorizationCall, 'preparsedSchemaName' | 'validateRequest'>;

/** Decides on a kept set; request and entities are validated against the schema. */
export function authorizeKept(call: SetCall): AuthorizationAnswer {
  try {
    return cedar.statefulIsAuthorized({ ...call, preparsedSchemaName: SCHEMA_NAME, validateRequest: true });
  } catch (error) {
    return failure(error);
  }
}

/** Decides on policies given with the call: slow, for explanations and as the oracle in tests. */
export function authorizeOnce(call: Omit<AuthorizationCall, 'schema' | 'validateRequest'>): AuthorizationAnswer {
  try {
    return cedar.isAuthorized({ ...call, schema: POLICY_SCHEMA, validateRequest: true });
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): AuthorizationAnswer {
  const answer = failed<never>(error);
  return { type: 'failure', errors: answer.ok ? [] : [...answer.errors], warnings: [] };
}

/** Version of the Cedar engine; part of what a policy version stands for. */
export function cedarVersion(): string {
  return cedar.getCedarVersion();
}
