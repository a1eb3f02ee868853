/** GREASE values 0x0A0A, 0x1A1A, ... 0xFAFA (RFC 8701 section 2): sent at random, to be ignored. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

export function withoutGrease(values: readonly number[]): number[] {
  return values.filter((value) => !isGrease(value));
}
