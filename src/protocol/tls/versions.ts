/** Protocol versions by the value that stands for them in a hello; the oldest first. */
export const SSL_3_0 = 0x0300;
export const TLS_1_0 = 0x0301;
export const TLS_1_1 = 0x0302;
export const TLS_1_2 = 0x0303;
export const TLS_1_3 = 0x0304;

export const VERSIONS: readonly number[] = [SSL_3_0, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3];

const NAMES: ReadonlyMap<number, string> = new Map([
  [SSL_3_0, 'SSL 3.0'],
  [TLS_1_0, 'TLS 1.0'],
  [TLS_1_1, 'TLS 1.1'],
  [TLS_1_2, 'TLS 1.2'],
  [TLS_1_3, 'TLS 1.3'],
]);

/** Such as `TLS 1.2`; `0x` and four hex digits for any other value. */
export function versionName(version: number): string {
  return NAMES.get(version) ?? `0x${version.toString(16).padStart(4, '0')}`;
}
