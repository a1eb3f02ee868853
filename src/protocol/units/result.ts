/** What a unit parser answers: the value in its base unit, or one phrase saying what is wrong with the text. */
export type UnitResult<Value> =
  | { readonly ok: true; readonly value: Value }
  /** `problem` reads after a key: "must be …". It never holds the text itself. */
  | { readonly ok: false; readonly problem: string };

export function accepted<Value>(value: Value): UnitResult<Value> {
  return { ok: true, value };
}

export function rejected<Value>(problem: string): UnitResult<Value> {
  return { ok: false, problem };
}
