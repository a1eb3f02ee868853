/** `openssl s_client` against a gate: the far end that does what no HTTP client does. */
import { spawn } from 'node:child_process';
import type { Project } from './project.ts';

export interface SClientRun {
  /** What it printed, the answer of the gate included; latin1. */
  readonly text: string;
  readonly exit_code: number | null;
}

export interface SClientOptions {
  readonly port: number;
  /** Names the client certificate in the project's PKI; its whole chain is sent. Null sends none. */
  readonly as?: string | null;
  readonly servername?: string;
  readonly args?: readonly string[];
  /** Written once TLS stands. */
  readonly input?: string;
  /** Lines of input are commands, such as R for renegotiation. */
  readonly interactive?: boolean;
  /** What ends the run early. By default the gate's closing does. */
  readonly until?: RegExp;
}

const MAX_MS = 8_000;

/** One GET that asks for the connection to be closed. */
export function getRequest(port: number, path = '/api/orders'): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`;
}

export function sClient(project: Project, options: SClientOptions): Promise<SClientRun> {
  const {
    port,
    as = 'acme-erp',
    servername = 'localhost',
    args = [],
    input = '',
    interactive = false,
    until,
  } = options;
  const pair = (name: string) => ['-cert', `${name}.pem`, '-cert_chain', `${name}.pem`, '-key', `${name}.key`];
  const all = [
    ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', servername],
    ...['-CAfile', 'gate-ca.pem', '-no-CApath', '-no-CAstore'],
    ...(interactive ? [] : ['-ign_eof']),
    ...(as === null ? [] : pair(as)),
    ...args,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('openssl', all, { cwd: project.pki, stdio: ['pipe', 'pipe', 'pipe'] });
    let text = '';
    const collect = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (until?.test(text)) child.kill('SIGKILL');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.stdin.on('error', () => undefined);
    child.stdin.write(input);
    const timer = setTimeout(() => child.kill('SIGKILL'), MAX_MS);
    child.once('error', reject);
    child.once('close', (exit_code) => {
      clearTimeout(timer);
      resolve({ text, exit_code });
    });
  });
}

/** Status line, fields and body of the last HTTP answer in a run, as sent; empty where there is none. */
export function answerIn({ text }: SClientRun): string {
  const start = text.lastIndexOf('HTTP/1.1 ');
  if (start === -1) return '';
  const answer = text.slice(start);
  const head_end = answer.indexOf('\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer)?.[1] ?? 0);
  return head_end === -1 ? answer : answer.slice(0, head_end + 4 + length);
}

export function statusIn(run: SClientRun): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answerIn(run))?.[1] ?? 0);
}

/** The exchange id an answer carries. */
export function exchangeIn(run: SClientRun): string {
  return /\r\nsallyport-exchange: ([0-9a-f-]{36})/i.exec(answerIn(run))?.[1] ?? '';
}
