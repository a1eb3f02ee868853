/** Builds ClientHellos byte by byte. */
export interface HelloParts {
  readonly legacy_version?: number;
  readonly session_id?: Buffer;
  readonly cipher_suites?: readonly number[];
  readonly compression?: Buffer;
  /** Type and body, in order; null: no extensions block at all. */
  readonly extensions?: readonly (readonly [number, Buffer])[] | null;
  readonly trailing?: Buffer;
}

export const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
export const u16s = (values: readonly number[]) => Buffer.concat(values.map(u16));
export const vector8 = (body: Buffer) => Buffer.concat([Buffer.from([body.length]), body]);
export const vector16 = (body: Buffer) => Buffer.concat([u16(body.length), body]);

export const sni = (name: string): [number, Buffer] => [
  0,
  vector16(Buffer.concat([Buffer.from([0]), vector16(Buffer.from(name, 'latin1'))])),
];
export const alpn = (...names: string[]): [number, Buffer] => [
  16,
  vector16(Buffer.concat(names.map((name) => vector8(Buffer.from(name, 'latin1'))))),
];
export const groups = (...ids: number[]): [number, Buffer] => [10, vector16(u16s(ids))];
export const algorithms = (...ids: number[]): [number, Buffer] => [13, vector16(u16s(ids))];
export const versions = (...ids: number[]): [number, Buffer] => [43, vector8(u16s(ids))];
export const shares = (...ids: number[]): [number, Buffer] => [
  51,
  vector16(Buffer.concat(ids.map((id) => Buffer.concat([u16(id), vector16(Buffer.alloc(4))])))),
];

/** The handshake message, header included. */
export function message(parts: HelloParts = {}): Buffer {
  const extensions = parts.extensions === undefined ? [sni('api.example.org'), versions(0x0304)] : parts.extensions;
  const block = extensions?.map(([type, body]) => Buffer.concat([u16(type), vector16(body)]));
  const body = Buffer.concat([
    u16(parts.legacy_version ?? 0x0303),
    Buffer.alloc(32, 7),
    vector8(parts.session_id ?? Buffer.alloc(32)),
    vector16(u16s(parts.cipher_suites ?? [0x1301])),
    vector8(parts.compression ?? Buffer.from([0])),
    ...(block ? [vector16(Buffer.concat(block))] : []),
    parts.trailing ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([Buffer.from([1, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff]), body]);
}

/** The message in records of at most `size` bytes. */
export function records(whole: Buffer, size = 16_384): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < whole.length; at += size) {
    const fragment = whole.subarray(at, at + size);
    parts.push(Buffer.from([22, 3, 1]), vector16(fragment));
  }
  return Buffer.concat(parts);
}
