import type { RefusalCode } from '../../../../core/errors/codes.ts';
import type { JsonParser } from '../../../../protocol/json/index.ts';
import type { CompiledSchema } from '../../../../protocol/jsonschema/index.ts';
import type { FieldNames } from './fields.ts';

/** Values that travel as text: parameters, header fields, cookies and the fields of forms. */

/** What one piece of text may be. The empty string and `null` as text are strings: text has no null. */
export type ScalarKind = 'string' | 'integer' | 'number' | 'boolean';

/**
 * The readings a schema leaves open for a text. Where there are several, the first that the schema accepts counts.
 * This cannot make the gate and the upstream disagree: what is forwarded is the text in its canonical form, which is
 * the same whichever reading won.
 */
export interface TextPlan {
  /** Most specific first; `integer` only where `number` is not possible. */
  readonly scalars: readonly ScalarKind[];
  readonly array: ArrayPlan | null;
  readonly object: ObjectPlan | null;
  /** What chooses among several readings of an inner value; empty where nothing has to be chosen. */
  readonly schemas: readonly CompiledSchema[];
}

export interface ArrayPlan {
  /** `prefixItems`, by position. */
  readonly first: readonly TextPlan[];
  readonly items: TextPlan;
}

export interface ObjectPlan {
  readonly properties: ReadonlyMap<string, TextPlan>;
  /** Names which no property declares and the schema may still take; null where it takes none. */
  readonly others: TextPlan | null;
}

/** How a value that travels as text is read and judged. */
export interface TypedText {
  readonly plan: TextPlan;
  /** `json` where the description gives the value a `content` of JSON. */
  readonly media: 'text' | 'json';
  readonly schema: CompiledSchema;
  /** Shared by all of a contract: its tape is reused from one value to the next. */
  readonly parser: JsonParser;
}

export const STYLES = ['simple', 'label', 'matrix', 'form', 'spaceDelimited', 'pipeDelimited', 'deepObject'] as const;
export type Style = (typeof STYLES)[number];

/** A named value in a query, a Cookie field or a form. */
export interface Field {
  readonly name: string;
  readonly style: Style;
  readonly explode: boolean;
  readonly plan: TextPlan;
  readonly media: 'text' | 'json';
  /** `allowEmptyValue`: the empty text passes whatever the schema says. */
  readonly empty: boolean;
  /** `allowReserved`: delimiters of RFC 3986 that mean nothing in a query travel as they are. */
  readonly reserved: boolean;
  readonly at: At;
}

/** Where a refusal points and with which code. */
export interface At {
  readonly code: RefusalCode;
  /** The code of a name that stands more often than it may. */
  readonly repeated: RefusalCode;
  /** `query/limit` */
  readonly place: string;
}

/** Text taken apart by its style and decoded, before it is read as a type. Null where the style gives no such view. */
export interface Parts {
  readonly whole: string | null;
  readonly items: readonly Parts[] | null;
  readonly members: readonly (readonly [name: string, value: Parts])[] | null;
}

/** A value taken apart, and the canonical text it travels on as. */
export interface Taken {
  readonly parts: Parts;
  readonly text: string;
}

export function leaf(text: string): Parts {
  return { whole: text, items: null, members: null };
}

/** A property of a form. */
export interface FormField extends Field {
  /** The members that no property declares: they stand beside the properties, not below one. */
  readonly is_rest: boolean;
}

/** How bodies of `application/x-www-form-urlencoded` are read, judged and rebuilt. */
export interface FormPlan {
  /** In the order of the contract, which is the order they are written in. */
  readonly fields: readonly FormField[];
  readonly names: FieldNames<FormField>;
  /** Of the whole object. */
  readonly schema: CompiledSchema;
  readonly parser: JsonParser;
}
