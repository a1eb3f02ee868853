import type { JsonParser } from '../../../protocol/json/index.ts';
import type { CompiledSchema } from '../../../protocol/jsonschema/index.ts';
import type { Position } from './document.ts';
import type { PathTemplate } from './template.ts';

/** The methods a contract may declare; TRACE and CONNECT are never carried. */
export const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'] as const;
export type Method = (typeof METHODS)[number];

export const SENSITIVITIES = ['low', 'normal', 'high'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** What a contract value may be bound to: facts of the caller's proven identity. */
export const BINDINGS = ['principal.party', 'principal.machine'] as const;
export type BindingName = (typeof BINDINGS)[number];
export type Bindings = Readonly<Record<BindingName, string>>;

/**
 * Everything `x-views` may name about one caller: its party and all groups of party and machine, ancestors
 * included. Pass the same set for the same caller: compiled answers are cached by it.
 */
export type Viewer = ReadonlySet<string>;

/** One OpenAPI description, compiled. */
export interface Contract {
  readonly api: string;
  /** Path of the file as the user named it. */
  readonly path: string;
  readonly title: string;
  readonly operations: readonly Operation[];
  /** Parts of the description that are read and have no effect at the gate, such as `security`. */
  readonly notes: readonly ContractNote[];
  /** Every name some `x-views` of the contract uses, sorted. */
  readonly views: readonly string[];
  /** Names of all declared properties; what is not among them is free text of the far end. */
  readonly names: ReadonlySet<string>;
  /** Positions by JSON Pointer, all at once because the text is read again. */
  locate(pointers: readonly string[]): Position[];
}

export interface ContractNote {
  /** The ignored keyword, such as `security`. */
  readonly keyword: string;
  readonly count: number;
  /** JSON Pointer to the first of them. */
  readonly pointer: string;
}

/** One thing the contract allows. */
export interface Operation {
  /** `api.operationId`, or `api.method_path` where the contract gives no operationId. */
  readonly id: string;
  readonly api: string;
  readonly method: Method;
  /** As declared, without the prefix of the api: `/orders/{orderId}`. */
  readonly template: string;
  readonly path: PathTemplate;
  /** `x-sensitivity` of operation, path item or document; `normal` without. */
  readonly sensitivity: Sensitivity;
  readonly tags: readonly string[];
  /** GET, HEAD, OPTIONS (RFC 9110 section 9.2.1). */
  readonly safe: boolean;
  /** Safe methods, PUT and DELETE (RFC 9110 section 9.2.2). */
  readonly idempotent: boolean;
  readonly parameters: CompiledParameters;
  /** Null where the operation declares no body: one that comes is refused. */
  readonly body: RequestBody | null;
  readonly responses: ResponsePlan;
  /** JSON Pointer to the operation in its contract. */
  readonly pointer: string;
}

export interface CompiledParameters {
  /** In the order of the template. */
  readonly path: readonly Parameter[];
  readonly query: ReadonlyMap<string, Parameter>;
  readonly headers: readonly Parameter[];
}

export type ScalarKind = 'string' | 'integer' | 'number' | 'boolean';

export interface TextType {
  readonly kind: ScalarKind;
  readonly array: boolean;
}

/** How a value that travels as text is judged. */
export interface TypedText extends TextType {
  readonly schema: CompiledSchema;
  /** Shared by all of a contract: its tape is reused from one value to the next. */
  readonly parser: JsonParser;
}

/** `kind` is that of the value, or of the items where `array` is true. */
export interface Parameter extends TypedText {
  /** As declared; lower case in headers. */
  readonly name: string;
  /** `query/limit`, as refusals point at it. */
  readonly place: string;
  readonly required: boolean;
  /** Arrays in the query: `a=1&a=2` rather than `a=1,2`. */
  readonly explode: boolean;
  readonly binding: BindingName | null;
}

export interface RequestBody {
  readonly required: boolean;
  readonly content: readonly RequestContent[];
}

export interface RequestContent {
  /** Lower case, without parameters: `application/json`. */
  readonly media_type: string;
  readonly schema: CompiledSchema;
}

/** What an upstream may answer, by status. */
export interface ResponsePlan {
  readonly exact: ReadonlyMap<number, ResponseShape>;
  /** `4XX` under 4. */
  readonly ranges: ReadonlyMap<number, ResponseShape>;
  readonly fallback: ResponseShape | null;
  /** Media types a success may have: what an Accept field is held against. */
  readonly success_types: readonly string[];
}

export interface ResponseShape {
  /** `200`, `4XX` or `default`. */
  readonly key: string;
  /** Empty: the answer has no body. */
  readonly content: readonly ResponseContent[];
  readonly headers: readonly ResponseHeader[];
}

export interface ResponseContent {
  readonly media_type: string;
  /** The schema as this viewer may see it; compiled at the first use of each set of visible names. */
  schemaFor(viewer: Viewer): CompiledSchema;
}

export interface ResponseHeader extends TypedText {
  /** Lower case. */
  readonly name: string;
  readonly required: boolean;
}
