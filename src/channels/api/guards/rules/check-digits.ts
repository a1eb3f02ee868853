/** Check digits of numbers that name people, cards and accounts. Each takes digits alone unless it says otherwise. */

/** ISO/IEC 7812-1 annex B, which payment cards and Swedish numbers use. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 7064 MOD 97-10 over digits and letters, as ISO 13616 uses it: `text` without blanks, in capitals. */
export function mod97(text: string): number {
  let rest = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

export function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (const [place, weight] of weights.entries()) sum += weight * Number(digits[place]);
  return sum;
}

/** Whether day, month and two digits of a year can be a date; which century is not looked at. */
export function isDate(day: string, month: string): boolean {
  const [days, months] = [Number(day), Number(month)];
  return months >= 1 && months <= 12 && days >= 1 && days <= (DAYS_OF[months - 1] as number);
}

const DAYS_OF = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
