import { isIP } from 'node:net';
import type { Address } from '../core/resolver/index.ts';
import type { CheckOptions, CheckPorts } from './check-options.ts';
import { judgeTls } from './judge.ts';
import type { Problem } from './problem.ts';
import type { ResultReport, TargetReport, Verdict } from './report/report.ts';
import { tlsReport } from './report/tls-report.ts';
import type { Slots } from './slots.ts';
import { mayServeHttp, type Target } from './target.ts';
import { judgeChains } from './tls/certificates/judge-chains.ts';
import { rootsOf } from './tls/certificates/roots.ts';
import type { HttpEvidence, ProbedEvidence, TlsEvidence } from './tls/evidence.ts';
import { askPlainHttp } from './tls/plain-http.ts';
import { probeTls } from './tls/probe.ts';
import { starttlsProber } from './tls/starttls-prober.ts';

export interface Endpoint {
  readonly target: Target;
  readonly address: Address;
  /** How many addresses the target has. */
  readonly addresses: number;
  /** Connections to this address at a time, shared by all that ask it. */
  readonly slots: Slots;
}

/** More than the widest server needs: every version with every suite. */
const MAX_CONNECTIONS = 1_500;
/** MySQL and MariaDB count who leaves before signing in, and take no more from an address after 100 (`max_connect_errors`). */
const MAX_MYSQL_CONNECTIONS = 90;

/** Probes one address of a target, and judges what was found. Never throws for what the far end does. */
export async function checkEndpoint(
  { target, address, addresses, slots }: Endpoint,
  { policy, timeout_ms, onProgress }: CheckOptions,
  ports: CheckPorts,
): Promise<TargetReport> {
  const began_ms = ports.now();
  let opened = 0;
  const onConnection = () => onProgress(target, ++opened);
  const timeLeft = () => began_ms + timeout_ms - ports.now();
  const { starttls, host, port } = target;
  const probed = await probeTls({
    prober:
      starttls === null ? ports.prober : starttlsProber({ prober: ports.prober, protocol: starttls, host, timeLeft }),
    address,
    port,
    server_name: serverName(target.name),
    // RFC 6797 section 8.1.1: an address is no host that could be known for it.
    http_host: mayServeHttp(target) ? serverName(target.name) : null,
    made_by: versionOf(ports.made_by),
    now: ports.now,
    random: ports.random,
    deadline_ms: began_ms + timeout_ms,
    slots,
    max_connections: starttls === 'mysql' ? MAX_MYSQL_CONNECTIONS : MAX_CONNECTIONS,
    onConnection,
  });
  const plain = await plainOf({ target, address, left_ms: timeLeft(), onConnection }, ports);
  const evidence = withCertificates({ ...probed.evidence, http: { ...probed.evidence.http, plain } }, target, ports);
  const { problem } = probed;
  const results = judgeTls(evidence, policy, target.service);
  return {
    ...aboutTarget(target),
    address: address.address,
    addresses,
    verdict: verdictOf(results, problem),
    problem: problem?.text ?? null,
    advice: problem?.advice ?? null,
    connections: opened,
    elapsed_ms: Math.round(ports.now() - began_ms),
    results,
    tls: tlsReport(evidence),
  };
}

function withCertificates(probed: ProbedEvidence, { name, roots }: Target, ports: CheckPorts): TlsEvidence {
  const checked_at_ms = ports.wall_clock();
  const private_roots = roots.length === 0 ? null : rootsOf(roots);
  const { public_roots } = ports;
  const certificates = judgeChains(probed.chains, { public_roots, private_roots, now_ms: checked_at_ms });
  return { ...probed, name: name.replace(/\.$/, ''), checked_at_ms, certificates };
}

const HTTPS_PORT = 443;
const HTTP_PORT = 80;

interface PlainOptions {
  readonly target: Target;
  readonly address: Address;
  readonly left_ms: number;
  readonly onConnection: () => void;
}

/** Where port 80 leads, of an endpoint that stands at the port of https. */
function plainOf(
  { target, address, left_ms, onConnection }: PlainOptions,
  { prober, made_by }: CheckPorts,
): Promise<HttpEvidence['plain']> | HttpEvidence['plain'] {
  if (!mayServeHttp(target) || target.port !== HTTPS_PORT) return 'not-applicable';
  onConnection();
  const version = versionOf(made_by);
  return askPlainHttp({ prober, address, port: HTTP_PORT, host: target.host, version, left_ms });
}

/** Of `sallyport 1.2.3`. */
function versionOf(made_by: string): string {
  return made_by.split(' ').at(-1) ?? '';
}

/** A target of which nothing could be asked, and why. */
export function uncheckedTarget(target: Target, { text, advice }: Problem): TargetReport {
  const nothing = { address: null, addresses: 0, connections: 0, elapsed_ms: 0, results: [], tls: null };
  return { ...aboutTarget(target), ...nothing, verdict: 'unfinished', problem: text, advice };
}

function aboutTarget({ text, place, host, port }: Target) {
  return { target: text, place, host, port };
}

/** RFC 6066 section 3: a name, without the dot at its end, and never an address. */
function serverName(name: string): string | null {
  return isIP(name) === 0 ? name.replace(/\.$/, '') : null;
}

/** A finding is one, whatever else could not be told. */
function verdictOf(results: readonly ResultReport[], problem: Problem | null): Verdict {
  if (results.some(({ verdict }) => verdict === 'fail')) return 'findings';
  const open = problem !== null || results.some(({ verdict }) => verdict === 'could-not-tell');
  return open ? 'unfinished' : 'good';
}
