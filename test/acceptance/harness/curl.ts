/** curl, as a partner's developer uses it. */
import { execFile } from 'node:child_process';
import type { Project } from './project.ts';

export interface CurlAnswer {
  readonly exit_code: number;
  readonly status: number;
  readonly http_version: string;
  /** Lower-case names; repeated fields joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What curl said when it could not finish. */
  readonly error: string;
}

const MARK = '\n--curl-facts--';

/** Runs curl against a gate on 127.0.0.1; `as` names the client certificate in the project's PKI, null sends none. */
export function curl(
  project: Project,
  port: number,
  path: string,
  options: { as?: string | null; args?: readonly string[]; host?: string } = {},
): Promise<CurlAnswer> {
  const { as = 'acme-erp', args = [], host = 'localhost' } = options;
  const identity = as === null ? [] : ['--cert', `${project.pki}/${as}.pem`, '--key', `${project.pki}/${as}.key`];
  const facts = `${MARK}%{http_code} %{http_version}`;
  const all = [
    '--silent',
    '--show-error',
    '--include',
    '--max-time',
    '20',
    '--path-as-is',
    '--cacert',
    `${project.pki}/gate-ca.pem`,
    '--resolve',
    `${host}:${port}:127.0.0.1`,
    ...identity,
    '--write-out',
    facts,
    ...args,
    `https://${host}:${port}${path}`,
  ];
  return new Promise((resolve) => {
    execFile('curl', all, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const at = stdout.lastIndexOf(MARK);
      const [status = '0', http_version = ''] = stdout.slice(at + MARK.length).split(' ');
      const { headers, body } = lastMessage(stdout.slice(0, at));
      resolve({
        exit_code: error ? Number(error.code ?? 1) : 0,
        status: Number(status),
        http_version,
        headers,
        body,
        error: stderr,
      });
    });
  });
}

/** The final header section and body; interim answers before it are dropped. */
function lastMessage(text: string): { headers: Record<string, string>; body: string } {
  let rest = text;
  let headers: Record<string, string> = {};
  while (rest.startsWith('HTTP/')) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) break;
    headers = {};
    for (const line of rest.slice(0, end).split('\r\n').slice(1)) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
    }
    rest = rest.slice(end + 4);
  }
  return { headers, body: rest };
}
