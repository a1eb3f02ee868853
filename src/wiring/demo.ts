import { cpSync, existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CommonOptions, PkiRequest } from '../cli/actions.ts';
import { onPath } from '../cli/on-path.ts';
import { type Paint, textWidth } from '../cli/terminal.ts';
import { type GateConfig, loadConfig } from '../config/load.ts';
import { LoadError } from '../core/errors/index.ts';
import { createPki, type PkiPorts } from './dev-pki.ts';

/** The service behind the example gate, as examples/orders/service.ts exports it. */
interface OrdersService {
  readonly port: number;
  close(): Promise<void>;
}
type StartOrdersService = (options: { port: number }) => Promise<OrdersService>;

export interface DemoProject {
  /** Folder of the example, absolute. */
  readonly folder: string;
  readonly config: GateConfig;
  readonly service: OrdersService;
}

const CLIENTS: PkiRequest['clients'] = [
  { trust: 'acme-ca', uri: 'spiffe://acme.example/erp', file: 'acme-erp' },
  { trust: 'globex-ca', uri: 'spiffe://globex.example/reports', file: 'globex-reports' },
];

/**
 * Makes the example ready to run: in a clone where it stands, from an installed package in a copy of its own, with
 * certificates made on the first start and the service behind it running.
 *
 * @param root folder of the clone or package
 * @throws LoadError
 */
export async function prepareDemo(
  options: CommonOptions & { readonly port: number | null },
  root: string,
  ports: PkiPorts,
): Promise<DemoProject> {
  const folder = demoFolder(root, options.io.cwd);
  await ensurePki(join(folder, '.sallyport', 'pki'), ports);
  // A clone may have been made with any umask; the example serves this machine alone.
  const read = await loadConfig(join(folder, 'sallyport.yaml'), { everybody_may_write: true });
  const service = await startService(root, options.port === 0 ? 0 : Number(read.apis[0]!.upstream.url.port));
  return { folder, service, config: withPorts(read, options.port, service.port) };
}

/** An installed package is no place to write in. */
function demoFolder(root: string, cwd: string): string {
  const example = join(root, 'examples', 'orders');
  if (existsSync(join(root, 'src'))) return example;
  const copy = join(cwd, 'sallyport-demo');
  if (!existsSync(copy)) cpSync(example, copy, { recursive: true });
  return copy;
}

async function ensurePki(folder: string, ports: PkiPorts): Promise<void> {
  const expected = [
    'gate-ca.pem',
    'gate.pem',
    'gate.key',
    ...CLIENTS.flatMap(({ trust, file }) => [`${trust}.pem`, `${file}.pem`, `${file}.key`]),
  ];
  if (!existsSync(folder)) {
    await createPki({ folder, gate_names: ['localhost', '127.0.0.1'], clients: CLIENTS }, ports);
    return;
  }
  const missing = expected.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return;
  throw new LoadError([
    {
      code: 'DATA_FOLDER',
      file: folder,
      message: `the certificates of the example are incomplete: ${missing.join(', ')} missing`,
      suggestion: 'Remove this folder; the next start makes all of them again',
    },
  ]);
}

const TAKE_FREE_PORTS = 'End that program, or take free ports: npm start -- --port 0 (sallyport demo --port 0)';

/** The advice for a port in use that fits the demo: nobody edits its configuration. */
export function demoFault(error: unknown): unknown {
  if (!(error instanceof LoadError)) return error;
  return new LoadError(
    error.faults.map((fault) => (fault.code === 'LISTEN' ? { ...fault, suggestion: TAKE_FREE_PORTS } : fault)),
  );
}

async function startService(root: string, port: number): Promise<OrdersService> {
  const source = join(root, 'examples', 'orders', 'service.ts');
  const compiled = join(root, 'dist', 'examples', 'orders', 'service.js');
  const file = existsSync(join(root, 'src')) ? source : compiled;
  const { startOrdersService } = (await import(pathToFileURL(file).href)) as { startOrdersService: StartOrdersService };
  try {
    return await startOrdersService({ port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new LoadError([
      {
        code: 'LISTEN',
        message: `127.0.0.1:${port}, where the example's orders service goes, is in use by another program`,
        suggestion: TAKE_FREE_PORTS,
      },
    ]);
  }
}

function withPorts(config: GateConfig, port: number | null, service_port: number): GateConfig {
  return {
    ...config,
    zones: config.zones.map((zone) => ({
      ...zone,
      listen: zone.listen.map((listen) => ({ ...listen, port: port ?? listen.port })),
    })),
    apis: config.apis.map((api) => ({
      ...api,
      upstream: {
        ...api.upstream,
        url: new URL(api.upstream.url.pathname, `http://127.0.0.1:${service_port}`),
        endpoints: api.upstream.endpoints.map((endpoint) => ({ ...endpoint, host: '127.0.0.1', port: service_port })),
      },
    })),
  };
}

interface Try {
  readonly title: string;
  readonly outcome: string;
  readonly command: string;
}

/** Five calls to paste, each with its outcome in words. */
export function demoCalls(project: DemoProject, cwd: string, port: number): readonly Try[] {
  const pki = relative(cwd, join(project.folder, '.sallyport', 'pki')) || '.';
  const prefix = project.config.apis[0]!.prefix;
  const base = `https://localhost:${port}${prefix}`;
  const ca = `--cacert ${pki}/gate-ca.pem`;
  const as = (machine: string) => `${ca} --cert ${pki}/${machine}.pem --key ${pki}/${machine}.key`;
  const shown = `-sw '\\n%{http_code}\\n'`;
  const json = `-H 'content-type: application/json'`;
  return [
    {
      title: 'An allowed call',
      outcome: '200, and only declared fields: no margin, no debug data, no personal number',
      command: `curl ${shown} ${as('acme-erp')} ${base}/orders`,
    },
    {
      title: 'The same without a certificate',
      outcome: '401: nobody is trusted for where they call from',
      command: `curl ${shown} ${ca} ${base}/orders`,
    },
    {
      title: 'An undeclared path',
      outcome: '404: what no contract declares does not exist, though the service would answer',
      command: `curl ${shown} ${as('acme-erp')} ${base}/internal/metrics`,
    },
    {
      title: 'A body that breaks the contract',
      outcome: '422, pointing at the field',
      command: `curl ${shown} ${as('acme-erp')} ${json} -d '{"lines":[{"sku":"A-100","quantity":0}]}' ${base}/orders`,
    },
    {
      title: 'A machine whose party lacks the right',
      outcome: '403: globex may read orders, not make them',
      command: `curl ${shown} ${as('globex-reports')} ${json} -d '{"lines":[{"sku":"A-100","quantity":1}]}' ${base}/orders`,
    },
  ];
}

/** Lines of at most so many characters, cut between words. Commands are never cut: they are there to be pasted. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** What a person sees when the example runs. */
export function demoScreen(project: DemoProject, port: number, options: CommonOptions, paint: Paint): string {
  const { cwd, env, stdout } = options.io;
  const records = relative(cwd, join(project.config.data_folder, 'audit'));
  const lines = [
    '',
    `  ${paint('bold', 'Sallyport')} stands before the orders example.`,
    '',
    `  gate      https://localhost:${port}   TLS with client certificates`,
    `  service   http://127.0.0.1:${project.service.port}   says more than the gate lets out`,
    `  records   ${records}`,
    '',
    '  Paste these into another terminal, in this folder:',
  ];
  const width = stdout.is_terminal ? textWidth(stdout) : Number.POSITIVE_INFINITY;
  demoCalls(project, cwd, port).forEach(({ title, outcome, command }, index) => {
    const [first = '', ...rest] = wrapped(`${index + 1}. ${title} → ${outcome}`, width - 5);
    const heading = first.replace(`${index + 1}. ${title}`, (text) => paint('bold', text));
    lines.push('', `  ${heading}`, ...rest.map((text) => `     ${text}`), `  ${paint('cyan', command)}`);
  });
  if (!onPath('curl', env['PATH']))
    lines.push('', `  ${paint('yellow', 'curl is not installed here: the calls above need it.')}`);
  lines.push('', `  ${paint('dim', 'Ctrl-C ends it. Times are UTC. Every exchange, one line:')}`, '');
  return `${lines.join('\n')}\n`;
}
