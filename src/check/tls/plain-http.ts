import { type Address, DialError, type Prober } from '../../core/resolver/index.ts';
import { probeRequest } from '../../protocol/http/probe-request.ts';
import { type ResponseHead, readResponseHead } from '../../protocol/http/response-head.ts';
import type { HttpEvidence } from './evidence.ts';

export interface PlainHttpOptions {
  readonly prober: Prober;
  readonly address: Address;
  readonly port: number;
  /** A name in lower case, or an address. */
  readonly host: string;
  /** Of the program. */
  readonly version: string;
  /** Nothing is asked where none is left, or waited for longer. */
  readonly left_ms: number;
}

const CONNECT_MS = 3_000;
const ANSWER_MS = 5_000;

/** Asks in clear where `/` leads. Null where nothing came in time. */
export async function askPlainHttp(options: PlainHttpOptions): Promise<HttpEvidence['plain']> {
  const { prober, address, port, host, version, left_ms } = options;
  if (left_ms <= 0) return null;
  let pending = Buffer.alloc(0);
  let head: ReturnType<typeof readResponseHead> = 'more';
  try {
    const result = await prober.ask({
      address,
      port,
      opening: probeRequest(host, version),
      connect_ms: Math.min(CONNECT_MS, left_ms),
      answer_ms: Math.min(ANSWER_MS, left_ms),
      onBytes(chunk) {
        pending = Buffer.concat([pending, chunk]);
        head = readResponseHead(pending);
        return head === 'more' ? 'more' : 'enough';
      },
    });
    if (result === 'late') return null;
    return wordFor(head, host);
  } catch (error) {
    if (error instanceof DialError) return error.code === 'FORWARD_LATE' ? null : 'closed';
    throw error;
  }
}

function wordFor(head: ResponseHead | 'more' | 'no-http', host: string): HttpEvidence['plain'] {
  if (head === 'more') return 'closed';
  if (head === 'no-http') return 'no-http';
  const { status, fields } = head;
  if (status < 300 || status > 399) return status < 300 ? 'serves' : 'refuses';
  const location = fields.get('location');
  if (location === undefined || !URL.canParse(location)) return 'redirects-elsewhere';
  const { protocol, hostname } = new URL(location);
  const same = hostname.replace(/^\[|\]$/g, '') === host.replace(/\.$/, '');
  return protocol === 'https:' && same ? 'redirects-to-https' : 'redirects-elsewhere';
}
