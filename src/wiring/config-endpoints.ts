import { X509Certificate } from 'node:crypto';
import type { Target } from '../check/target.ts';
import type { FileReference, GateConfig, ListenerConfig, SourcePosition } from '../config/gate-config.ts';
import { readTextFile } from '../config/read-file.ts';
import { LoadError } from '../core/errors/faults.ts';

export interface ConfigEndpoints {
  readonly targets: readonly Target[];
  /** What the configuration names and has no TLS to check, a sentence each without a final stop. */
  readonly left_out: readonly string[];
}

/** Every endpoint a configuration names: where the gate listens, and what it calls. Each once. */
export async function endpointsOf(config: GateConfig): Promise<ConfigEndpoints> {
  const left_out: string[] = [];
  const listeners = config.zones.flatMap(({ listen }) => listen);
  const called: Called[] = [
    ...config.apis.flatMap(({ upstream }) => upstream.endpoints.map((endpoint) => ({ ...upstream, ...endpoint }))),
    ...(config.traces === null ? [] : [collectorOf(config.traces.collector)]),
  ];
  const found = [
    ...(await Promise.all(listeners.map((listener) => targetsOfListener(listener, left_out)))),
    ...(await Promise.all(called.map((one) => targetsOfCalled(one, left_out)))),
  ].flat();
  const once = new Map(
    found.map((target) => [`${target.address ?? target.host} ${target.port} ${target.name}`, target]),
  );
  return { targets: [...once.values()], left_out };
}

/** A gate that binds every address is reached by the loopback one. */
const ANY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

async function targetsOfListener(
  { address, port, names, certificate, source }: ListenerConfig,
  left_out: string[],
): Promise<Target[]> {
  if (port === 0) {
    left_out.push(`${address}: its port is chosen at the start`);
    return [];
  }
  const roots = await rootsIn(certificate.chain);
  const at = ANY[address] ?? address;
  return names.map((name) => ({ ...targetAt(name, port, source), service: 'gate', address: at, roots }));
}

/** What a gate calls. */
interface Called {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly trust: 'system' | FileReference;
  readonly server_name: string | null;
  /** Null where the configuration does not remember it. */
  readonly source: SourcePosition | null;
}

type Collector = NonNullable<GateConfig['traces']>['collector'];

function collectorOf(collector: Collector): Called {
  const { url } = collector;
  return {
    ...collector,
    source: null,
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
  };
}

async function targetsOfCalled(
  { url, host, port, trust, server_name, source }: Called,
  left_out: string[],
): Promise<Target[]> {
  if (url.protocol !== 'https:') {
    left_out.push(`${url.protocol}//${host}:${port}: no TLS, it stays on this machine`);
    return [];
  }
  const roots = trust === 'system' ? [] : certificatesOf(await textOf(trust));
  const target = targetAt(host.replace(/^\[|\]$/g, ''), port, source);
  return [{ ...target, name: server_name ?? target.name, roots }];
}

function targetAt(host: string, port: number, source: SourcePosition | null): Target {
  const text = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const place = source && { file: source.file, line: source.line };
  return { text, host, port, name: host, address: null, roots: [], starttls: null, service: 'https', place };
}

/** A private root stands in the file of the chain: the gate does not start without it. */
async function rootsIn(chain: FileReference): Promise<string[]> {
  return certificatesOf(await textOf(chain)).filter((pem) => {
    const { subject, issuer } = new X509Certificate(pem);
    return subject === issuer;
  });
}

async function textOf({ path, file, source }: FileReference): Promise<string> {
  const read = await readTextFile(path);
  if (read.ok) return read.text;
  const { line, column } = source;
  throw new LoadError([{ code: 'CONFIG_FILE', message: `${file} ${read.problem}`, file: source.file, line, column }]);
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function certificatesOf(text: string): string[] {
  return text.match(CERTIFICATE) ?? [];
}
