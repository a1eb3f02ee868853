import { isIP } from 'node:net';
import { type Address, DialError, type Dialler, type Prober } from '../core/resolver/index.ts';
import { judgeTls } from './judge.ts';
import type { Policy } from './policy.ts';
import type { ReportHead, ReportTail, ResultReport, TargetReport, Verdict } from './report/report.ts';
import { tlsReport } from './report/tls-report.ts';
import { Slots } from './slots.ts';
import type { Target } from './target.ts';
import type { HttpEvidence } from './tls/evidence.ts';
import type { RandomBytes } from './tls/offers.ts';
import { askPlainHttp } from './tls/plain-http.ts';
import { probeTls } from './tls/probe.ts';
import { starttlsProber } from './tls/starttls-prober.ts';

/** What a check is given of the world. */
export interface CheckPorts {
  readonly prober: Prober;
  readonly resolve: Dialler['resolve'];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Unix milliseconds. */
  readonly wall_clock: () => number;
  /** Name and version of the program, for the report. */
  readonly made_by: string;
  readonly random: RandomBytes;
}

export interface CheckOptions {
  readonly targets: Iterable<Target> | AsyncIterable<Target>;
  readonly policy: Policy;
  /** For each target. */
  readonly timeout_ms: number;
  /** Connections to a target at a time. */
  readonly parallel: number;
  /** Told of each connection that is opened, with how many there were to this target. */
  readonly onProgress: (target: Target, connections: number) => void;
}

/** Is told of a check piece by piece, in the order targets were given. */
export interface CheckListener {
  readonly onBegin: (head: ReportHead) => void | Promise<void>;
  readonly onTarget: (target: TargetReport) => void | Promise<void>;
}

/** Checks the TLS of each target, one after the other. Never throws for what a target does. */
export async function checkTls(
  options: CheckOptions,
  { onBegin, onTarget }: CheckListener,
  ports: CheckPorts,
): Promise<ReportTail> {
  const made_at = new Date(ports.wall_clock()).toISOString();
  const { policy, targets } = options;
  const counts = { good: 0, findings: 0, unfinished: 0 };
  await onBegin({ format: 'sallyport-check', version: 1, made_by: ports.made_by, made_at, policy: policy.id });
  for await (const target of targets) {
    const report = await checkTarget(target, options, ports);
    counts[report.verdict]++;
    await onTarget(report);
  }
  return { across: [], counts, verdict: worst(counts) };
}

/** Mail servers mind many connections of one client. */
const MAX_DIALOGUES = 2;

async function checkTarget(target: Target, options: CheckOptions, ports: CheckPorts): Promise<TargetReport> {
  const began_ms = ports.now();
  const { host, port, place, starttls } = target;
  const about = { target: target.text, place, host, port };
  const elapsed_ms = () => Math.round(ports.now() - began_ms);
  const nothing = { verdict: 'unfinished', connections: 0, results: [], tls: null } as const;
  let addresses: Awaited<ReturnType<Dialler['resolve']>>['addresses'];
  try {
    ({ addresses } = await ports.resolve(host, options.timeout_ms));
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    const problem = `the name has no address (${error.reason})`;
    return { ...about, ...nothing, address: null, addresses: 0, problem, elapsed_ms: elapsed_ms(), results: [] };
  }
  const address = addresses[0]!;
  let opened = 0;
  const { evidence, connections, problem } = await probeTls({
    prober: starttls === null ? ports.prober : starttlsProber(ports.prober, starttls, host),
    address,
    port,
    // RFC 6066 section 3: a name, without the dot at its end, and never an address.
    server_name: isIP(host) === 0 ? host.replace(/\.$/, '') : null,
    now: ports.now,
    random: ports.random,
    deadline_ms: began_ms + options.timeout_ms,
    slots: new Slots(starttls === null ? options.parallel : Math.min(options.parallel, MAX_DIALOGUES)),
    onConnection: () => options.onProgress(target, ++opened),
  });
  const left_ms = began_ms + options.timeout_ms - ports.now();
  const is_https = port === HTTPS_PORT && starttls === null;
  if (is_https) options.onProgress(target, ++opened);
  const plain = is_https ? await askPlain(address, host, left_ms, ports) : 'not-applicable';
  const results = judgeTls({ ...evidence, http: { ...evidence.http, plain } }, options.policy);
  return {
    ...about,
    address: address.address,
    addresses: addresses.length,
    verdict: verdictOf(results, problem),
    problem,
    connections: is_https ? connections + 1 : connections,
    elapsed_ms: elapsed_ms(),
    results,
    tls: tlsReport(evidence),
  };
}

const HTTPS_PORT = 443;
const HTTP_PORT = 80;

function askPlain(
  address: Address,
  host: string,
  left_ms: number,
  { prober, made_by }: CheckPorts,
): Promise<HttpEvidence['plain']> {
  const version = made_by.split(' ').at(-1) ?? '';
  return askPlainHttp({ prober, address, port: HTTP_PORT, host, version, left_ms });
}

/** A finding is one, whatever else could not be told. */
function verdictOf(results: readonly ResultReport[], problem: string | null): Verdict {
  if (results.some(({ verdict }) => verdict === 'fail')) return 'findings';
  const open = problem !== null || results.some(({ verdict }) => verdict === 'could-not-tell');
  return open ? 'unfinished' : 'good';
}

function worst({ findings, unfinished }: ReportTail['counts']): Verdict {
  if (findings > 0) return 'findings';
  return unfinished > 0 ? 'unfinished' : 'good';
}
