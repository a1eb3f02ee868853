/** One gate whose only API is a real document with its overlay, between a calling machine and a scripted service. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { readRecords } from '../../../src/core/audit/index.ts';
import { startGateProcess } from '../../acceptance/harness/gate-process.ts';
import { makeProject, type Project } from '../../acceptance/harness/project.ts';
import { type Caller, startCaller } from './caller.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import type { Verdict } from './tally.ts';

export interface RealGate {
  readonly caller: Caller;
  readonly upstream: ScriptedUpstream;
  /** Stops the gate, and gives what its log says of the exchanges that it refused, by id. */
  verdicts(): Promise<ReadonlyMap<string, Verdict>>;
}

export interface RealContract {
  /** Name of the API, and its path at the gate. */
  readonly name: string;
  /** JSON or YAML. */
  readonly text: string;
  readonly is_json: boolean;
  /** Text of its overlay, null for none. */
  readonly overlay: string | null;
}

/** Exchanges under way at once. */
export const AT_ONCE = 8;

const LIMITS = `limits:
  source: 100000000/1s
  machine: 100000000/1s
  party: 100000000/1s
  operation: 100000000/1s
`;
const ZONE = '    connections: { new_per_source: 100000/1s, bytes_per_source: 4GiB/1s }\n';
const POLICIES = '@id("acme-may-call") permit (principal in Party::"acme", action, resource);\n';

/** Fails where the gate does not take one of the contracts, with its faults. */
export async function startRealGate(context: TestContext, contracts: readonly RealContract[]): Promise<RealGate> {
  const upstream = await startScriptedUpstream();
  context.after(() => upstream.close());
  const project = await makeProject({ upstream_url: upstream.url, zone_more: ZONE, policies: POLICIES });
  context.after(() => project.remove());
  serve(project, contracts, upstream.url);
  const gate = await startGateProcess(project);
  const caller = startCaller(project, gate.port, AT_ONCE);
  const stop = async () => {
    caller.close();
    await gate.stop();
  };
  context.after(stop);
  return {
    caller,
    upstream,
    async verdicts() {
      await stop();
      return verdictsOf(project);
    },
  };
}

/** Writes the contracts, and a configuration that has them in place of the project's own. */
function serve(project: Project, contracts: readonly RealContract[], upstream_url: string): void {
  const apis = contracts.map(({ name, text, is_json, overlay }) => {
    const file = `contracts/${name}.${is_json ? 'json' : 'yaml'}`;
    project.write(file, text);
    if (overlay !== null) project.write(`contracts/${name}.overlay.yaml`, overlay);
    return `  ${name}:
    contract: ${file}
${overlay === null ? '' : `    overlays: [contracts/${name}.overlay.yaml]\n`}    zones: [partner]
    path: /${name}
    upstream: { url: "${upstream_url}", ejection: { failures: 1000 } }
`;
  });
  const [before] = readFileSync(project.config, 'utf8').split('apis:\n');
  project.write('sallyport.yaml', `${before}apis:\n${apis.join('')}${LIMITS}`);
}

async function verdictsOf({ folder }: Project): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for await (const { kind, exchange_id, ocsf } of readRecords(join(folder, 'data', 'audit'))) {
    const code = ocsf['status_code'];
    if (kind !== 'outcome' || typeof code !== 'string') continue;
    const { pointer, rule } = (ocsf['unmapped'] as { sallyport: { pointer?: string; rule?: string } }).sallyport;
    if (exchange_id !== null) verdicts.set(exchange_id, { code, pointer: pointer ?? null, rule: rule ?? null });
  }
  return verdicts;
}
