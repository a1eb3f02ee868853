import { Refusal } from '../../../core/errors/index.ts';
import { pointerToken } from '../../../protocol/json/pointer.ts';
import type { Tape } from '../../../protocol/json/tape.ts';
import { DEFAULT_MULTIPART_LIMITS, parseMultipart } from '../../../protocol/multipart/index.ts';
import { declaredPointer } from '../contract/declared-names.ts';
import type { RebuiltParameters } from '../contract/parameters.ts';
import { decodePercent } from '../contract/percent.ts';
import type { ApiExchange } from '../exchange.ts';
import { Findings, type GuardFinding } from './findings.ts';
import { type Guard, guardJson, guardText } from './guard.ts';
import { below, CLOSED, HARMLESS, type Place, UNKNOWN } from './place.ts';

/** The texts of one request, looked at once they keep their contract. */
export class RequestInspection {
  readonly #exchange: ApiExchange;
  readonly #guard: Guard;
  readonly #findings = new Findings();

  /** Null where nothing is looked for. */
  static of(exchange: ApiExchange): RequestInspection | null {
    const { request } = exchange.proven().operation.guards;
    return request && new RequestInspection(exchange, request);
  }

  private constructor(exchange: ApiExchange, guard: Guard) {
    this.#exchange = exchange;
    this.#guard = guard;
  }

  /** @throws Refusal VALIDATE_ATTACK */
  parameters(rebuilt: RebuiltParameters): void {
    if (!this.#suspects(rebuilt)) return;
    const { operation } = this.#exchange.proven().operation;
    for (const [index, raw] of this.#exchange.captures.entries()) {
      const name = operation.parameters.path[index]?.name ?? '';
      this.#value(`path/${name}`, decodePercent(raw) ?? raw);
    }
    for (const part of rebuilt.query === '' ? [] : rebuilt.query.split('&')) {
      const equals = part.indexOf('=');
      const name = decodePercent(part.slice(0, equals)) ?? '';
      this.#value(`query/${name}`, decodePercent(part.slice(equals + 1)) ?? part);
    }
    for (const [name, value] of rebuilt.headers) this.#value(`header/${name}`, value);
    this.#settle();
  }

  /** Whether any value is worth a second look, for which it has to be known where it stands. */
  #suspects(rebuilt: RebuiltParameters): boolean {
    const { scanner } = this.#guard;
    for (const raw of this.#exchange.captures) {
      if (scanner.suspectsText(withoutEscapes(decodePercent(raw) ?? raw))) return true;
    }
    for (const part of rebuilt.query === '' ? [] : rebuilt.query.split('&')) {
      const value = decodePercent(part.slice(part.indexOf('=') + 1)) ?? part;
      if (scanner.suspectsText(withoutEscapes(value))) return true;
    }
    for (const [, value] of rebuilt.headers) if (scanner.suspectsText(withoutEscapes(value))) return true;
    return false;
  }

  /** @throws Refusal VALIDATE_ATTACK */
  json(tape: Tape, media_type: string): void {
    const body = this.#places.request.of('', media_type);
    guardJson(this.#guard, { tape, undeclared: [], body }, this.#findings);
    this.#settle();
  }

  /** @throws Refusal VALIDATE_ATTACK */
  text(bytes: Buffer, media_type: string): void {
    const { root } = this.#places.request.of('', media_type);
    guardText(this.#guard, { bytes, place: root, pointer: '' }, this.#findings);
    this.#settle();
  }

  /**
   * @param bytes as rebuilt
   * @throws Refusal VALIDATE_ATTACK
   */
  form(bytes: Buffer, media_type: string): void {
    const { root } = this.#places.request.of('', media_type);
    for (const part of bytes.toString('latin1').replaceAll('+', '%20').split('&')) {
      const equals = part.indexOf('=');
      const name = decodePercent(part.slice(0, equals)) ?? '';
      this.#field(root, name, Buffer.from(decodePercent(part.slice(equals + 1)) ?? part));
    }
    this.#settle();
  }

  /**
   * @param bytes as rebuilt; parts of binary types are not looked into
   * @throws Refusal VALIDATE_ATTACK
   */
  multipart(bytes: Buffer, content_type: string, media_type: string): void {
    const { root } = this.#places.request.of('', media_type);
    for (const part of parseMultipart(bytes, content_type, DEFAULT_MULTIPART_LIMITS)) {
      if (part.filename !== null) this.#field(root, part.name, Buffer.from(part.filename));
      if (isText(part.content_type)) this.#field(root, part.name, part.body);
    }
    this.#settle();
  }

  get #places() {
    return this.#exchange.proven().operation.guards.places;
  }

  #value(pointer: string, text: string): void {
    const { parameters } = this.#places;
    // Fields of an object stand as `name[field]`, and of an exploded one by themselves: about those nothing is known.
    const place = parameters.get(pointer);
    const told = place ? pointer : pointer.replace(/\[.*$/, '');
    guardText(
      this.#guard,
      {
        bytes: Buffer.from(withoutEscapes(text)),
        place: valuePlace(place),
        pointer: parameters.has(told) ? told : beforeSlash(told),
      },
      this.#findings,
    );
  }

  #field(root: Place, name: string, bytes: Buffer): void {
    const pointer = pointerToken(name);
    const text = mayBeEscaped(bytes) ? Buffer.from(withoutEscapes(bytes.toString())) : bytes;
    guardText(this.#guard, { bytes: text, place: valuePlace(below(root, name)), pointer }, this.#findings);
  }

  #settle(): void {
    const { declared_names } = this.#exchange.proven().operation;
    if (this.#findings.empty) return;
    this.#exchange.guards = withDeclaredNames(this.#findings.list, declared_names);
    const { blocking } = this.#findings;
    if (blocking) throw new Refusal('VALIDATE_ATTACK', { pointer: blocking.pointer, rule: 'attack' });
  }
}

/** Findings as a record may show them: names the contract does not declare are free text of the far end. */
export function withDeclaredNames(findings: readonly GuardFinding[], names: ReadonlySet<string>): GuardFinding[] {
  return findings.map((finding) => ({ ...finding, pointer: declaredPointer(finding.pointer, names) }));
}

/** `{`, `[` and `"`: what the JSON of a parameter, field or part begins with, once it is written anew. */
const JSON_BEGINS = /^[{["]/;
const BACKSLASH = 0x5c;

const mayBeEscaped = (bytes: Buffer): boolean => bytes.includes(BACKSLASH);

/** JSON that stands as a value: its escapes undone, or they would hide what its reader finds. Other text as it is. */
function withoutEscapes(text: string): string {
  if (!JSON_BEGINS.test(text)) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, short: string) =>
    hex === undefined ? (SHORT_ESCAPES[short] ?? short) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** RFC 8259 section 7; the others stand for themselves. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const beforeSlash = (pointer: string): string => pointer.slice(0, pointer.indexOf('/'));

/** A value that travels as text may be the items of an array, which the same text holds. */
function valuePlace(place: Place | undefined): Place {
  if (!place) return UNKNOWN;
  const closed = (place.items?.flags ?? 0) & (CLOSED | HARMLESS);
  return closed === 0 ? place : { ...place, flags: place.flags | closed };
}

/** What is declared as text or JSON, or not declared: then it is text by RFC 7578 section 4.4. */
function isText(content_type: string | null): boolean {
  return content_type === null || /^text\/|[/+](?:json|xml)\b/i.test(content_type);
}
