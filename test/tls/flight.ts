/** Builds the first flight of a server byte by byte. */
import { u16, vector16 } from './hello.ts';

export function handshake(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff), body]);
}

export function record(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, 3, 3), vector16(body)]);
}

export interface ServerHelloParts {
  readonly version?: number;
  readonly random?: Buffer;
  readonly cipher_suite?: number;
  readonly compression?: number;
  readonly extensions?: readonly (readonly [number, Buffer])[];
  readonly trailing?: Buffer;
}

export function serverHello(parts: ServerHelloParts = {}): Buffer {
  const { version = 0x0303, random = Buffer.alloc(32, 9), cipher_suite = 0xc02f, compression = 0 } = parts;
  const block = (parts.extensions ?? []).map(([type, body]) => Buffer.concat([u16(type), vector16(body)]));
  return handshake(
    2,
    Buffer.concat([
      u16(version),
      random,
      Buffer.of(0),
      u16(cipher_suite),
      Buffer.of(compression),
      ...(block.length === 0 ? [] : [vector16(Buffer.concat(block))]),
      parts.trailing ?? Buffer.alloc(0),
    ]),
  );
}

const vector24 = (body: Buffer) =>
  Buffer.concat([Buffer.of(body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff), body]);

export function certificates(...ders: Buffer[]): Buffer {
  return handshake(11, vector24(Buffer.concat(ders.map(vector24))));
}

export const done = handshake(14, Buffer.alloc(0));
export const alert = (level: number, description: number) => record(21, Buffer.of(level, description));
