/** The closed set of reasons a text is not strict JSON, each with its meaning. */
export const JSON_ERRORS = {
  syntax: 'not RFC 8259 JSON, an unpaired surrogate escape included',
  utf8: 'not valid UTF-8, or it starts with a byte order mark',
  'duplicate-key': 'two members of one object have the same name after unescaping',
  'forbidden-key': 'a member is named __proto__',
  trailing: 'bytes follow the value',
  depth: 'arrays and objects are nested deeper than allowed',
  keys: 'more object members than allowed',
  items: 'more array items than allowed',
  array: 'an array has more items than allowed',
  string: 'a string or a member name is longer than allowed',
  number: 'a number is longer than allowed',
  bytes: 'the text is larger than allowed',
} as const satisfies Record<string, string>;

export type JsonErrorCode = keyof typeof JSON_ERRORS;

/** The only thing the parser throws. Its text never holds bytes of the input. */
export class JsonError extends Error {
  readonly code: JsonErrorCode;
  /** Byte offset at which the parser noticed, 0-based. */
  readonly offset: number;
  /** RFC 6901 pointer of the offending member, where the parser knows it. */
  readonly pointer: string | undefined;

  constructor(code: JsonErrorCode, offset: number, pointer?: string) {
    super(`${JSON_ERRORS[code]} (byte ${offset})`);
    this.name = 'JsonError';
    this.code = code;
    this.offset = offset;
    this.pointer = pointer;
  }
}
