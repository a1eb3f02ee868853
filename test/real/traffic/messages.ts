/** Requests and answers made from what an operation declares. */
import type { Content, DeclaredResponse, Description, Operation, Parameter } from '../document.ts';
import type { Place } from '../schema/generate.ts';
import type { Instances } from '../schema/valid.ts';
import { type Format, formatOf, type Payload, payload } from './bodies.ts';
import { inHeader, inPath, inQuery } from './style.ts';

export interface RequestMessage {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  /** Name, value pairs. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: MadeBody | null;
}

export interface MadeBody extends Payload {
  readonly format: Format;
  readonly content: Content;
  readonly value: unknown;
  readonly places: readonly Place[];
}

export interface AnswerMessage {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: MadeBody | null;
}

export type Size = 'minimal' | 'full';

const SUCCESS_FIRST = [200, 201, 202, 204] as const;

/** Makes messages of one document. */
export class Messages {
  readonly #description: Description;
  readonly instances: Instances;

  constructor(description: Description, instances: Instances) {
    this.#description = description;
    this.instances = instances;
  }

  /** Contents of a body that can be carried. */
  carried(contents: readonly Content[]): { content: Content; format: Format }[] {
    return contents.flatMap((content) => {
      const format = formatOf(content, this.#description.resolve);
      return format === null ? [] : [{ content, format }];
    });
  }

  /**
   * @param content of the body, null for none
   * @throws Error where no value fits a declared parameter or the body
   */
  request(operation: Operation, size: Size, content: Content | null): RequestMessage {
    const values = operation.parameters
      .filter(({ required }) => required || size === 'full')
      .map((parameter) => ({ parameter, value: this.#parameter(parameter, size) }));
    const of = (place: Parameter['in']) => values.filter(({ parameter }) => parameter.in === place);
    let path = operation.path;
    for (const { parameter, value } of of('path')) {
      path = path.replaceAll(`{${parameter.name}}`, this.#segments(parameter, value, size));
    }
    const cookies = of('cookie').flatMap(({ parameter, value }) => inQuery(parameter, value));
    return {
      method: operation.method,
      path,
      query: of('query').flatMap(({ parameter, value }) => inQuery(parameter, value)),
      headers: [
        ...of('header').map(({ parameter, value }) => [parameter.name, inHeader(parameter, value)] as const),
        ...(cookies.length > 0 ? [['Cookie', cookies.join('; ')] as const] : []),
      ],
      body: content === null ? null : this.body(content, 'request', size),
    };
  }

  /** An answer of a declared status with one of its contents; null for the content means none. */
  answer(operation: Operation, response: DeclaredResponse, content: Content | null, size: Size): AnswerMessage {
    return {
      status: statusOf(response.status, operation),
      headers: response.headers
        .filter(({ name, required }) => (required || size === 'full') && !isOwn(name))
        .map((header) => [header.name, inHeader(header, this.#parameter(header, size))] as const),
      body: content === null ? null : this.body(content, 'response', size),
    };
  }

  body(content: Content, direction: 'request' | 'response', size: Size): MadeBody {
    const { resolve } = this.#description;
    const format = formatOf(content, resolve);
    if (format === null) throw new Error(`${content.media_type} is not carried`);
    const alphabet = format === 'json' ? 'any' : 'word';
    const make = (each: Size) => this.instances.make(content.schema ?? {}, direction, each, alphabet);
    // A multipart body has at least one part (RFC 2046 section 5.1.1).
    const made = make(size);
    const { value, places } = format === 'multipart' && isEmpty(made.value) ? make('full') : made;
    return { ...payload(format, content, value, resolve), format, content, value, places };
  }

  /** The same body with another value. */
  withValue(body: MadeBody, value: unknown): MadeBody {
    return { ...body, ...payload(body.format, body.content, value, this.#description.resolve), value };
  }

  example(content: Content, value: unknown): MadeBody | null {
    const format = formatOf(content, this.#description.resolve);
    if (format !== 'json') return null;
    return { ...payload(format, content, value, this.#description.resolve), format, content, value, places: [] };
  }

  /** Where it may take several segments, a full request has it take two. */
  #segments(parameter: Parameter, value: unknown, size: Size): string {
    const text = inPath(parameter, value);
    const twice = `${String(value)}/${String(value)}`;
    const takes = parameter.multi_segment && this.instances.oracles.request.accepts(parameter.schema, twice);
    return takes && size === 'full' ? `${text}/${text}` : text;
  }

  #parameter(parameter: Parameter, size: Size): unknown {
    const make = (each: Size) => this.instances.make(parameter.schema, 'request', each, 'word').value;
    // Nothing at all says an empty list or object.
    const made = make(size);
    const value = isEmpty(made) ? make('full') : made;
    if (parameter.media_type !== null) return JSON.stringify(value);
    return value;
  }
}

/** An answer to fall back on: of a success with the least in it, or of what there is. */
export function plainResponse(operation: Operation): DeclaredResponse {
  const codes: readonly string[] = SUCCESS_FIRST.map(String);
  return operation.responses.find(({ status }) => codes.includes(status)) ?? operation.responses[0]!;
}

/** A status that the word of a contract stands for, and which no other response of the operation declares. */
function statusOf(status: string, operation: Operation): number {
  const taken = new Set(operation.responses.map((response) => response.status));
  if (/^\d+$/.test(status)) return Number(status);
  const range = status === 'default' ? [418, 507, 299] : [19, 26, 57].map((rest) => Number(status[0]) * 100 + rest);
  const free = range.find((code) => !taken.has(String(code)) && !taken.has(`${String(code)[0]}XX`));
  return free ?? range[0]!;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Fields that the gate or the connection writes, whatever a contract declares. */
function isOwn(name: string): boolean {
  return ['content-type', 'content-length', 'transfer-encoding', 'ratelimit', 'ratelimit-policy', 'date'].includes(
    name.toLowerCase(),
  );
}
