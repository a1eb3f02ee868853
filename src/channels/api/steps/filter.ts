import type { IntentRecord } from '../../../core/audit/record.ts';
import { Refusal } from '../../../core/errors/index.ts';
import { answerType, decodeAnswer, judgeAnswer, opaqueAnswer } from '../bodies/answer.ts';
import { type Coding, codingOf } from '../bodies/codings.ts';
import { passOn } from '../bodies/stream-answer.ts';
import type { Judging } from '../contract/judge-json.ts';
import { checkResponseHeaders, mayHaveBody, responseContent, responseFor } from '../contract/responses.ts';
import type { ResponseContent, ResponseShape } from '../contract/types.ts';
import type { ApiExchange, Incoming } from '../exchange.ts';
import { AnswerInspection } from '../guards/inspect-answer.ts';
import type { VolumeMemory } from '../guards/volume-memory.ts';
import { Fields } from '../hygiene/fields.ts';
import { writeIntent } from './forward.ts';
import { judgingOf } from './judging.ts';

export interface FilterPorts {
  readonly recordIntent: (intent: IntentRecord) => Promise<void>;
  readonly volumes: VolumeMemory;
}

/** What the head of an answer was found to be. */
interface Head {
  readonly fields: Fields;
  /** What the caller gets of it. */
  readonly headers: readonly string[];
  readonly coding: Coding | null;
  /** Null where the answer has no body. */
  readonly content: ResponseContent | null;
  readonly judging: Judging;
  readonly inspection: AnswerInspection;
}

/**
 * The answer against the contract: status, media type, headers and body must be declared, and the body is
 * trimmed to what this party may see. An upstream that breaks its contract is a 502 to the caller and a full
 * account in the record.
 */
export function filter(exchange: ApiExchange, ports: FilterPorts): void | Promise<void> {
  const incoming = exchange.incoming!;
  if (incoming.stream) return filterStream(exchange, incoming, ports);
  const head = judgeHead(exchange, incoming);
  if (head.coding === null || head.content === null) return answerWith(exchange, head, incoming.body, ports);
  return decodeAnswer(incoming.body, head.coding, exchange.proven().operation).then((bytes) =>
    answerWith(exchange, head, bytes, ports),
  );
}

/** Status, media type, coding and header fields. */
function judgeHead(exchange: ApiExchange, incoming: Incoming): Head {
  const { operation: planned } = exchange.proven();
  const fields = new Fields(incoming.headers);
  const judging = judgingOf(exchange);
  const shape = responseFor(planned.operation.responses, incoming.status);
  const declared = checkResponseHeaders(shape, fields, judging);
  const inspection = new AnswerInspection(exchange, shape.key);
  inspection.headers(declared);
  // Standing twice it is a list, which is taken off no more than any other.
  const coded = fields.all('content-encoding');
  const coding = Array.isArray(coded) ? 'unknown' : codingOf(coded);
  if (coding === 'unknown') throw new Refusal('FILTER_MEDIA_TYPE', { rule: 'encoding' });
  if (!hasBody(exchange, incoming, shape)) {
    return { fields, coding, judging, inspection, headers: declared, content: null };
  }
  const stated = fields.single('content-type');
  const content = responseContent(shape, stated);
  const headers = ['content-type', answerType(content, stated)];
  for (const text of declared) headers.push(text);
  return { fields, coding, judging, inspection, headers, content };
}

/** The answer to HEAD never has one; elsewhere an empty body is right only where none is declared. */
function hasBody(exchange: ApiExchange, { status, body, stream }: Incoming, shape: ResponseShape): boolean {
  if (exchange.transport.method === 'HEAD') return false;
  if (stream || body.length > 0) {
    // A range or `default` may declare content, but there is no place for it: clients would read it as the next answer.
    if (!mayHaveBody(status)) throw new Refusal('FILTER_BODY_UNEXPECTED', { rule: 'content' });
    return true;
  }
  return shape.content.length > 0 && mayHaveBody(status);
}

function answerWith(exchange: ApiExchange, head: Head, bytes: Buffer, { volumes }: FilterPorts): void {
  const { content, headers, inspection } = head;
  if (content?.format === 'binary') throw new Error('opaque bytes are streamed');
  const body = content && judgeAnswer(exchange, content, bytes, head);
  if (body) inspection.volume(body.length, volumes);
  exchange.answer = { status: exchange.incoming!.status, headers, body };
}

async function filterStream(exchange: ApiExchange, incoming: Incoming, ports: FilterPorts): Promise<void> {
  const stream = incoming.stream!;
  const { operation: planned } = exchange.proven();
  try {
    const { content, coding, fields, headers } = judgeHead(exchange, incoming);
    if (content?.format !== 'binary') throw new Error('only opaque bytes are streamed');
    const { status } = incoming;
    const body = await passOn(exchange, opaqueAnswer(stream, content, coding, planned), {
      status,
      headers,
      length_bytes: coding === null ? lengthOf(fields) : null,
      // Unsafe operations have an intent since before they were sent.
      beforeFirstByte: async () => {
        if (planned.called.safe) await writeIntent(exchange, ports.recordIntent);
      },
    });
    exchange.answer = { status, headers, body };
  } catch (error) {
    // Nobody reads the rest of it.
    stream.destroy();
    throw error;
  }
}

/** A Content-Length that the upstream's parser has held the body to. */
function lengthOf(fields: Fields): number | null {
  const length = fields.single('content-length');
  return length === undefined ? null : Number(length);
}
