import type { CompiledSchema } from '../../../protocol/jsonschema/index.ts';
import type { OperationPlaces } from '../guards/operation-places.ts';
import type { GuardSettings } from '../guards/settings.ts';
import type { Bounds } from '../limits-config.ts';
import type { Locate } from './document.ts';
import type { MultipartPlan } from './multipart/types.ts';
import type { PathTemplate } from './template.ts';
import type { FieldNames } from './text/fields.ts';
import type { At, Field, FormPlan, TypedText } from './text/types.ts';

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
  /** SHA-256 over its texts, overlays included; lower hex. */
  readonly digest: string;
  /** The description as it was loaded, overlays applied; empty once it was let go of. */
  readonly root: unknown;
  /** Where parts of it were written: in the file itself, or in the overlay that wrote them. */
  readonly locate: Locate;
  /**
   * Lets go of the texts, and of the document where nothing is left to be compiled from it. Afterwards nothing can be
   * located; the operations stay as they are.
   */
  release(): void;
}

export interface ContractNote {
  /** The ignored keyword, such as `security`, or what else is told of. */
  readonly keyword: string;
  /** One sentence without a final stop: what it does, or that it does nothing. */
  readonly text: string;
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
  /** `x-limits` of operation, path item and document; the nearest holds for each bound. */
  readonly limits: Partial<Bounds>;
  /** `x-guards` of operation, path item and document; the nearest holds for each guard. */
  readonly guards: Partial<GuardSettings>;
  /** What the contract says about the texts that guards look at. */
  readonly places: OperationPlaces;
  /** JSON Pointer to the operation in its contract. */
  readonly pointer: string;
}

export interface CompiledParameters {
  /** In the order of the template. */
  readonly path: readonly Parameter[];
  readonly query: ReadonlyMap<string, Parameter>;
  readonly query_names: FieldNames<Parameter>;
  readonly headers: readonly Parameter[];
  /** Empty: the operation says nothing about cookies, and none pass. */
  readonly cookies: readonly Parameter[];
  readonly cookie_names: FieldNames<Parameter>;
}

export interface Parameter extends TypedText, Field {
  /** As declared; lower case in headers. */
  readonly name: string;
  /** `query/limit`, as refusals point at it. */
  readonly place: string;
  readonly required: boolean;
  readonly binding: BindingName | null;
  /**
   * What a path value may hold of slashes: none, encoded ones (`x-encoded-slash`), or those between several segments
   * (`x-multi-segment`).
   */
  readonly slashes: 'none' | 'encoded' | 'segments';
  /** All texts a path value may be, by `enum` or `const`; null where they are not listed. */
  readonly words: readonly string[] | null;
}

export interface RequestBody {
  readonly required: boolean;
  readonly content: readonly RequestContent[];
}

interface Content {
  /**
   * Lower case, with the parameters the contract declares, sorted, but without `charset=utf-8`: `application/json`,
   * `application/vnd.a+json;version=1`. Of text and binary bodies also a range: `image/*`, or any type.
   */
  readonly media_type: string;
}

/** What a request body may be; media type and schema decide at load. */
export type RequestContent =
  | (Content & { readonly format: 'json'; readonly schema: CompiledSchema })
  | (Content & { readonly format: 'form'; readonly form: FormPlan })
  | (Content & { readonly format: 'multipart'; readonly multipart: MultipartPlan })
  | TextContent
  | BinaryContent;

/** What the body of an answer may be. */
export type ResponseContent = JsonAnswer | TextContent | BinaryContent;

export interface JsonAnswer extends Content {
  readonly format: 'json';
  /** The schema as this viewer may see it; compiled at the first use of each set of visible names. */
  schemaFor(viewer: Viewer): CompiledSchema;
}

/** UTF-8, judged as the JSON string of the same characters. */
export interface TextContent extends Content {
  readonly format: 'text';
  readonly schema: CompiledSchema;
}

/** Opaque bytes, passed on while they arrive. */
export interface BinaryContent extends Content {
  readonly format: 'binary';
  readonly min_bytes: number;
  /** Infinity where the schema sets none: the bound of the operation holds. */
  readonly max_bytes: number;
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

export interface ResponseHeader extends TypedText {
  /** Lower case. */
  readonly name: string;
  readonly required: boolean;
  readonly explode: boolean;
  readonly at: At;
}
