/** IANA TLS Supported Groups registry: the values met in practice, by their registered names. */
const GROUP_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0017, 'secp256r1'],
  [0x0018, 'secp384r1'],
  [0x0019, 'secp521r1'],
  [0x001a, 'brainpoolP256r1'],
  [0x001b, 'brainpoolP384r1'],
  [0x001c, 'brainpoolP512r1'],
  [0x001d, 'x25519'],
  [0x001e, 'x448'],
  [0x001f, 'brainpoolP256r1tls13'],
  [0x0020, 'brainpoolP384r1tls13'],
  [0x0021, 'brainpoolP512r1tls13'],
  [0x0100, 'ffdhe2048'],
  [0x0101, 'ffdhe3072'],
  [0x0102, 'ffdhe4096'],
  [0x0103, 'ffdhe6144'],
  [0x0104, 'ffdhe8192'],
  [0x0200, 'MLKEM512'],
  [0x0201, 'MLKEM768'],
  [0x0202, 'MLKEM1024'],
  [0x11eb, 'SecP256r1MLKEM768'],
  [0x11ec, 'X25519MLKEM768'],
  [0x11ed, 'SecP384r1MLKEM1024'],
  [0x6399, 'X25519Kyber768Draft00'],
]);

/** Groups whose secret an eavesdropper with a quantum computer does not get: ML-KEM, alone or beside a curve. */
const POST_QUANTUM: ReadonlySet<number> = new Set([0x0200, 0x0201, 0x0202, 0x11eb, 0x11ec, 0x11ed, 0x6399]);

/** Every group known here, post-quantum first. */
export const GROUPS: readonly number[] = [...GROUP_NAMES.keys()].sort(
  (left, right) => Number(POST_QUANTUM.has(right)) - Number(POST_QUANTUM.has(left)),
);

export function isPostQuantum(group: number): boolean {
  return POST_QUANTUM.has(group);
}

/** The registered name of a group, or `0x` and four hex digits where it has none here. */
export function groupName(id: number): string {
  return GROUP_NAMES.get(id) ?? `0x${id.toString(16).padStart(4, '0')}`;
}
