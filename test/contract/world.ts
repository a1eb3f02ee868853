import { loadContract, type Operation } from '../../src/channels/api/contract/index.ts';

export const BINDINGS = { 'principal.party': 'acme', 'principal.machine': 'acme-erp' };

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
