/**
 * A number as written: `digits * 10 ** exponent`, exact. Zero has digits 0n and exponent 0n; otherwise
 * digits do not end in 0, so two equal numbers have equal fields.
 */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: bigint;
}

const ZERO: Decimal = { digits: 0n, exponent: 0n };

/** @param text a JSON number; its length is what bounds the cost */
export function parseDecimal(text: string): Decimal {
  const [mantissa = '0', power = '0'] = text.toLowerCase().split('e');
  const point = mantissa.indexOf('.');
  const fraction = point < 0 ? '' : mantissa.slice(point + 1);
  const whole = point < 0 ? mantissa : mantissa.slice(0, point);
  const all = whole + fraction;
  const kept = all.replace(/0+$/, '');
  if (!/[1-9]/.test(kept)) return ZERO;
  const exponent = BigInt(power) - BigInt(fraction.length) + BigInt(all.length - kept.length);
  return { digits: BigInt(kept), exponent };
}

/** A bound in a schema, which was read as a double or, where its reader kept it, as a bigint. */
export function decimalOf(value: number | bigint): Decimal {
  return parseDecimal(String(value));
}

/** Negative, 0 or positive, as left is below, equal to or above right. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const sign = signOf(left);
  if (sign !== signOf(right)) return sign - signOf(right);
  if (sign === 0) return 0;
  const magnitude = magnitudeOf(left) - magnitudeOf(right);
  if (magnitude !== 0n) return magnitude > 0n ? sign : -sign;
  const shift = left.exponent - right.exponent;
  const a = shift > 0n ? left.digits * 10n ** shift : left.digits;
  const b = shift < 0n ? right.digits * 10n ** -shift : right.digits;
  return a === b ? 0 : a > b ? 1 : -1;
}

/** Whether a number has no fraction: 1.0 and 1e2 are integers (JSON Schema 2020-12 section 4.2.3). */
export function isInteger(value: Decimal): boolean {
  return value.exponent >= 0n;
}

/** Whether `value / divisor` is an integer, without rounding (JSON Schema 2020-12 validation 6.2.1). */
export function isMultiple(value: Decimal, divisor: Decimal): boolean {
  if (value.digits === 0n) return true;
  const shift = value.exponent - divisor.exponent;
  // Digits never end in 0, so a value with a finer scale than its divisor cannot be a multiple of it.
  if (shift < 0n) return false;
  const modulus = divisor.digits < 0n ? -divisor.digits : divisor.digits;
  return (value.digits * powerOfTen(shift, modulus)) % modulus === 0n;
}

/** `10 ** exponent % modulus` by squaring: the exponent may have dozens of digits. */
function powerOfTen(exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  let base = 10n % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

function signOf(value: Decimal): number {
  return value.digits === 0n ? 0 : value.digits > 0n ? 1 : -1;
}

/** Position of the first digit: the power of ten just above the absolute value. */
export function magnitudeOf(value: Decimal): bigint {
  const digits = value.digits < 0n ? -value.digits : value.digits;
  return BigInt(digits.toString().length) + value.exponent;
}
