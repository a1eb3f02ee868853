/** HTTP/2 frames written byte by byte (RFC 9113 section 4), with header blocks of plain literals (RFC 7541 section 6.2.2). */

export const TYPE = {
  data: 0,
  headers: 1,
  rst_stream: 3,
  settings: 4,
  push_promise: 5,
  ping: 6,
  goaway: 7,
  window_update: 8,
  continuation: 9,
} as const;

export const FLAG = { end_stream: 0x1, ack: 0x1, end_headers: 0x4, padded: 0x8 } as const;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const SETTINGS = frame(TYPE.settings, 0, 0);
export const PING = frame(TYPE.ping, 0, 0, Buffer.alloc(8));

/** What every connection begins with. */
export const OPENING = Buffer.concat([PREFACE, SETTINGS]);

/** Name, value pairs, in the order given and exactly as given. */
export type FieldList = readonly (readonly [string, string])[];

export function block(fields: FieldList): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** A string literal without Huffman coding (RFC 7541 section 5.2). */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

export function headers(stream: number, fields: FieldList, flags: number = FLAG.end_headers | FLAG.end_stream): Buffer {
  return frame(TYPE.headers, flags, stream, block(fields));
}

export function data(stream: number, payload: string, flags: number = FLAG.end_stream): Buffer {
  return frame(TYPE.data, flags, stream, Buffer.from(payload, 'latin1'));
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

export const reset = (stream: number, code = 8) => frame(TYPE.rst_stream, 0, stream, uint32(code));

const METHOD = [':method', 'GET'] as const;
const SCHEME = [':scheme', 'https'] as const;
const AUTHORITY = [':authority', 'localhost'] as const;

/** The pseudo-fields of a well-formed GET, some replaced, some left out, and what follows them. */
export function getFields(changes: Partial<Record<string, string | null>> = {}, more: FieldList = []): FieldList {
  const whole: FieldList = [METHOD, SCHEME, AUTHORITY, [':path', '/api/orders']];
  const kept = whole.flatMap(([name, value]) => {
    const given = changes[name];
    return given === null ? [] : [[name, given ?? value] as const];
  });
  return [...kept, ...more];
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The complete frames received so far. */
export function readFrames(received: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 9 <= received.length; ) {
    const length = received.readUIntBE(at, 3);
    if (at + 9 + length > received.length) break;
    frames.push({
      type: received[at + 3]!,
      flags: received[at + 4]!,
      stream: received.readUInt32BE(at + 5) & 0x7fffffff,
      payload: received.subarray(at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return frames;
}

/** Whether the gate has ended a stream, with an answer or a reset. */
export function streamEnded(frames: readonly Frame[], stream: number): boolean {
  return frames.some(
    (one) =>
      one.stream === stream &&
      (one.type === TYPE.rst_stream ||
        ((one.type === TYPE.data || one.type === TYPE.headers) && (one.flags & FLAG.end_stream) !== 0)),
  );
}
