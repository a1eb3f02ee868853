import { checkParameters, loadContract, type Operation } from '../../src/channels/api/contract/index.ts';
import { Refusal } from '../../src/core/errors/refusal.ts';

export const BINDINGS = { 'principal.party': 'acme', 'principal.machine': 'acme-erp' };
/** For whom the tests judge, within a bound that none of them reaches. */
export const JUDGING = { bindings: BINDINGS, max_steps: 1_000_000 };

/** The only operation of a contract: GET on `path` with the given parameters, each a flow-style YAML mapping. */
export function operationWith(path: string, ...parameters: readonly string[]): Operation {
  const list = parameters.map((parameter) => `        - ${parameter}\n`).join('');
  const text = `openapi: 3.1.0
info: { title: World, version: '1' }
paths:
  ${path}:
    get:
      responses: { '204': { description: done } }
      parameters:
${list || '        []'}`;
  return loadContract({ api: 'world', path: 'world.yaml', text }).operations[0] as Operation;
}

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** What a request brings, rebuilt by an operation for the caller of `BINDINGS`. */
export function rebuild(
  operation: Operation,
  path: readonly string[],
  query = '',
  headers: Headers = {},
  judging = JUDGING,
) {
  return checkParameters(operation, { path, query, headers: (name) => headers[name] }, judging);
}

/** `CODE place rule` of the refusal, or what was returned. */
export function told(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.code} ${error.detail.pointer} ${error.detail.rule}`;
  }
}
