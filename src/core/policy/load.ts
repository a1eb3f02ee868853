/** Policy files and the model in, an engine out; or every fault at once. */

import { createHash } from 'node:crypto';
import { type Fault, LoadError } from '../errors/faults.ts';
import { cedarVersion, type DetailedError, keepSet, validatePolicies } from './cedar.ts';
import { PolicyEngine } from './engine.ts';
import { buildEntities, modelEntities } from './entities.ts';
import { literalChecker } from './literals.ts';
import type { PolicyModel } from './model.ts';
import { POLICY_SCHEMA } from './schema.ts';
import {
  offsetOf,
  type PolicyFile,
  type PolicySource,
  type PolicyWarning,
  positionIn,
  readPolicyFile,
} from './source.ts';

export interface PolicyLimits {
  /** Largest policy file. */
  readonly file_bytes: number;
  /** Most policies in all files together. */
  readonly policies: number;
  /** Most remembered decisions. */
  readonly cached_decisions: number;
}

export const DEFAULT_POLICY_LIMITS: PolicyLimits = {
  file_bytes: 1_048_576,
  policies: 10_000,
  cached_decisions: 10_000,
};

export interface PolicyInput {
  readonly files: readonly PolicyFile[];
  readonly model: PolicyModel;
  readonly limits?: PolicyLimits;
  /** These very texts were validated before, in this process or another: default false. Warnings are not told again. */
  readonly validated?: boolean;
}

/**
 * Parses, names and validates all policies. No policies is right: everything is denied.
 *
 * The engine holds memory of the policy library until it is closed; close it when its plan is out of use.
 *
 * @throws LoadError with POLICY_SYNTAX, POLICY_INVALID or CONFIG_DUPLICATE faults, each with file, line and column.
 */
export function loadPolicies({
  files,
  model,
  limits = DEFAULT_POLICY_LIMITS,
  validated = false,
}: PolicyInput): PolicyEngine {
  const faults: Fault[] = [];
  const policies = files.flatMap((file) => readSized(file, limits, faults));
  if (policies.length > limits.policies) {
    faults.push({ code: 'POLICY_INVALID', message: `${policies.length} policies are more than ${limits.policies}` });
  }
  checkNames(policies, faults);
  if (faults.length > 0) throw new LoadError(faults);

  const texts = Object.fromEntries(policies.map((policy) => [policy.name, policy.text]));
  const warnings: PolicyWarning[] = [];
  if (!validated) {
    validate(policies, texts, faults, warnings);
    checkLiterals(policies, model, faults, warnings);
  }
  if (faults.length > 0) throw new LoadError(faults.sort(byPlace));

  const set = keepSet(texts);
  if (!set.ok) throw new LoadError(set.errors.map((error) => ({ code: 'POLICY_SYNTAX', message: error.message })));
  return new PolicyEngine({
    set_name: set.value,
    policies,
    entities: buildEntities(model),
    version: versionOf(texts, model),
    warnings,
    cached_decisions: limits.cached_decisions,
  });
}

function readSized(file: PolicyFile, limits: PolicyLimits, faults: Fault[]): PolicySource[] {
  const size_bytes = Buffer.byteLength(file.text);
  if (size_bytes <= limits.file_bytes) return readPolicyFile(file, faults);
  const message = `the file holds ${size_bytes} bytes, more than ${limits.file_bytes}`;
  faults.push({ code: 'POLICY_SYNTAX', message, file: file.path });
  return [];
}

function checkNames(policies: readonly PolicySource[], faults: Fault[]): void {
  const first = new Map<string, PolicySource>();
  for (const policy of policies) {
    const other = first.get(policy.name);
    if (other === undefined) {
      first.set(policy.name, policy);
      continue;
    }
    faults.push({
      code: 'CONFIG_DUPLICATE',
      message: `two policies are named ${JSON.stringify(policy.name)}; the other stands at ${other.file}:${other.line}`,
      file: policy.file,
      line: policy.line,
      column: policy.column,
      suggestion: 'give each policy its own @id("…")',
    });
  }
}

function validate(
  policies: readonly PolicySource[],
  texts: Record<string, string>,
  faults: Fault[],
  warnings: PolicyWarning[],
): void {
  const answer = validatePolicies(texts);
  if (!answer.ok) {
    faults.push(...answer.errors.map((error): Fault => ({ code: 'POLICY_INVALID', message: error.message })));
    return;
  }
  const by_name = new Map(policies.map((policy) => [policy.name, policy]));
  const seen = new Set<string>();
  // It tells them in no order of its own.
  const errors = answer.value.validationErrors.toSorted((a, b) => (a.error.message < b.error.message ? -1 : 1));
  for (const { policyId, error } of errors) {
    const policy = by_name.get(policyId);
    const message = `policy ${JSON.stringify(policyId)}: ${withoutName(error.message)}`;
    const place = policy === undefined ? {} : placeOf(policy, error);
    // The validator tries each action apart and may say the same of both.
    const said = JSON.stringify([place, message.replace(/Action::"\w+"/, '')]);
    if (seen.has(said)) continue;
    seen.add(said);
    faults.push({ code: 'POLICY_INVALID', message, ...place, ...(error.help ? { suggestion: error.help } : {}) });
  }
  for (const { policyId, error } of answer.value.validationWarnings) {
    const policy = by_name.get(policyId);
    if (policy === undefined) continue;
    warnings.push({ policy: policyId, message: withoutName(error.message), ...placeOf(policy, error) });
  }
}

function checkLiterals(
  policies: readonly PolicySource[],
  model: PolicyModel,
  faults: Fault[],
  warnings: PolicyWarning[],
): void {
  const check = literalChecker(model);
  for (const policy of policies) {
    const found = check(policy);
    faults.push(...found.faults);
    for (const { message, at } of found.warnings) {
      warnings.push({ policy: policy.name, message, ...positionIn(policy, at) });
    }
  }
}

function placeOf(policy: PolicySource, error: DetailedError) {
  return positionIn(policy, (policy.statement[0]?.start ?? 0) + offsetOf(policy.text, error));
}

function withoutName(message: string): string {
  return message.replace(/^for policy `[^`]*`, /, '');
}

function byPlace(a: Fault, b: Fault): number {
  const by_file = (a.file ?? '').localeCompare(b.file ?? '');
  return by_file || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** SHA-256 over everything a decision depends on beside the request, lower-case hex. */
function versionOf(texts: Record<string, string>, model: PolicyModel): string {
  const all = JSON.stringify([cedarVersion(), POLICY_SCHEMA, Object.entries(texts), modelEntities(model)]);
  return createHash('sha256').update(all).digest('hex');
}
