/** One element of DER (X.690 section 8.1): views of the bytes it was read from, of their kind. */
export interface DerElement<Bytes extends Uint8Array = Uint8Array> {
  /** The identifier octet; tags of several octets are not read. */
  readonly tag: number;
  readonly content: Bytes;
  /** Identifier, length and content. */
  readonly whole: Bytes;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bit_string: 0x03,
  octet_string: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  generalized_time: 0x18,
  bmp_string: 0x1e,
  sequence: 0x30,
  set: 0x31,
  context_0: 0xa0,
} as const;

/**
 * The elements that stand one after the other, without what is in them. Lengths are definite and of the shortest form
 * (section 10.1).
 *
 * @returns null where the bytes are not exactly such elements, or more than `max`
 */
export function readElements<Bytes extends Uint8Array>(bytes: Bytes, max: number): readonly DerElement<Bytes>[] | null {
  const elements: DerElement<Bytes>[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes.subarray(at) as Bytes);
    if (element === null || elements.length === max) return null;
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

function readElement<Bytes extends Uint8Array>(bytes: Bytes): DerElement<Bytes> | null {
  const [tag = 0, first] = bytes;
  if (first === undefined || (tag & 0x1f) === 0x1f) return null;
  const length = readLength(bytes, first);
  if (length === null) return null;
  const end = length.starts_at + length.size_bytes;
  if (end > bytes.length) return null;
  // A part of a Buffer is one too, which the types do not say.
  const part = (from: number) => bytes.subarray(from, end) as Bytes;
  return { tag, content: part(length.starts_at), whole: part(0) };
}

/** Lengths of up to three octets: 16 MiB is far above anything that is read here. */
function readLength(bytes: Uint8Array, first: number): { starts_at: number; size_bytes: number } | null {
  if (first < 0x80) return { starts_at: 2, size_bytes: first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 3 || bytes.length < 2 + octets) return null;
  const size_bytes = bytes.subarray(2, 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0);
  const shortest = size_bytes >= 0x80 && size_bytes >= 256 ** (octets - 1);
  return shortest ? { starts_at: 2 + octets, size_bytes } : null;
}
