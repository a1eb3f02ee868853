/** Single requests that hold a target to what it claims, before it is measured. */
import { request } from 'node:https';
import type { LoadTarget } from './load/caller.ts';
import type { Target, TargetKind } from './targets/target.ts';
import { BROKEN_BODY, UNDECLARED, WORKLOADS, type WorkloadName } from './workload.ts';

interface Probe {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer | null;
  readonly content_type: string;
  readonly identity: LoadTarget['identity'];
}

interface ProbeAnswer {
  /** Null where there was none: the connection was refused or ended. */
  readonly status: number | null;
  readonly body: string;
}

const ANSWER_MS = 20_000;

function ask({ port, ca }: LoadTarget, { method, path, body, content_type, identity }: Probe): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const sent = request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        ca,
        method,
        path,
        agent: false,
        headers: {
          host: 'localhost',
          accept: '*/*',
          ...(body && { 'content-type': content_type, 'content-length': body.length }),
        },
        timeout: ANSWER_MS,
        ...(identity && { cert: identity.certificate, key: identity.key }),
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? null, body: Buffer.concat(parts).toString() }));
        answer.on('error', () => resolve({ status: null, body: '' }));
      },
    );
    sent.on('timeout', () => sent.destroy());
    sent.on('error', ({ message }) => resolve({ status: null, body: message }));
    sent.end(body ?? undefined);
  });
}

/**
 * A proxy passes on everything, the gate what is declared; a client without a certificate gets nothing where one is
 * demanded; a broken body is refused where bodies are judged. Otherwise something else than meant would be measured.
 *
 * @returns requests that were answered as the workload expects
 * @throws Error with what is not as claimed
 */
export async function checkClaims(
  { name, claims }: TargetKind,
  { load }: Target,
  workload: WorkloadName,
): Promise<number> {
  const { method, path, body, content_type, status, trims } = WORKLOADS[workload];
  const usual: Probe = { method, path, body, content_type, identity: load.identity };
  const right = await ask(load, usual);
  const shown = `${right.status} ${right.body.slice(0, 500)}`;
  if (right.status !== status) throw new Error(`${name} answered ${workload} with ${shown}`);
  const undeclared = right.body.includes(UNDECLARED);
  if (undeclared === (claims.trims && trims)) {
    throw new Error(`${name} ${undeclared ? 'passed on' : 'left out'} what is undeclared in ${shown}`);
  }
  if (claims.mtls) {
    const stranger = await ask(load, { ...usual, identity: null });
    if (stranger.status === status) throw new Error(`${name} served a client without a certificate`);
  }
  if (claims.judges_bodies && workload === 'post') {
    const broken = await ask(load, { ...usual, body: BROKEN_BODY });
    if (broken.status === null || broken.status < 400) throw new Error(`${name} took a broken body: ${broken.status}`);
  }
  return 1;
}
