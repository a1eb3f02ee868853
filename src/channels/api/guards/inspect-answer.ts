import { Refusal } from '../../../core/errors/index.ts';
import type { Tape } from '../../../protocol/json/tape.ts';
import type { ApiExchange } from '../exchange.ts';
import { Findings } from './findings.ts';
import { guardJson, guardText } from './guard.ts';
import { lookAtJson } from './inspect-json.ts';
import { withDeclaredNames } from './inspect-request.ts';
import { withStrings } from './mask.ts';
import { UNKNOWN } from './place.ts';
import { Scanner } from './scanner.ts';
import type { GuardAction } from './settings.ts';
import type { VolumeMemory } from './volume-memory.ts';

/** Finds nothing: for operations where only the volume is watched. */
const NO_RULES = new Scanner([]);

/** The texts of one answer, looked at once it keeps its contract; of a body only what this caller gets. */
export class AnswerInspection {
  readonly #exchange: ApiExchange;
  readonly #key: string;
  readonly #findings = new Findings();
  #rows = 0;
  #masked = false;

  /** @param key of the response in the contract: `200`, `4XX` or `default` */
  constructor(exchange: ApiExchange, key: string) {
    this.#exchange = exchange;
    this.#key = key;
  }

  /**
   * @param headers flat name, value pairs
   * @throws Refusal FILTER_LEAK: a field cannot be masked, so where that is asked for it is refused
   */
  headers(headers: readonly string[]): void {
    const { answer, places } = this.#plan;
    if (!answer) return;
    for (let at = 0; at < headers.length; at += 2) {
      const [name, value] = [headers[at] as string, headers[at + 1] as string];
      const place = places.headers.get(`${this.#key} ${name}`) ?? UNKNOWN;
      const bytes = Buffer.from(value, 'latin1');
      const masked = guardText(answer, { bytes, place, pointer: `header/${name}` }, this.#findings);
      if (masked !== bytes) this.refuseMasked();
    }
    this.#settle();
  }

  /**
   * @param undeclared nodes that are left out
   * @returns the text with what was found masked, to be judged and looked at once more; null where nothing was
   * @throws Refusal FILTER_LEAK
   */
  json(tape: Tape, undeclared: readonly number[], media_type: string): Buffer | null {
    const { answer, places } = this.#plan;
    if (!answer) {
      this.#rows = lookAtJson(NO_RULES, { tape, undeclared }, false).rows;
      return null;
    }
    const subject = { tape, undeclared, body: places.responses.of(this.#key, media_type) };
    if (this.#masked) {
      // Other strings may make the schema declare what it did not before, and that was never looked at.
      const again = new Findings();
      guardJson(answer, subject, again);
      if (again.list.some(({ action }) => action !== 'report')) this.refuseMasked();
      return null;
    }
    const { rows, masks } = guardJson(answer, subject, this.#findings);
    this.#rows = rows;
    this.#settle();
    this.#masked = masks.length > 0;
    return this.#masked ? withStrings(tape, masks) : null;
  }

  /** @returns as `json`, for a body of text */
  text(bytes: Buffer, media_type: string): Buffer | null {
    const { answer, places } = this.#plan;
    if (!answer) return null;
    const { root } = places.responses.of(this.#key, media_type);
    const masked = guardText(answer, { bytes, place: root, pointer: '' }, this.#findings);
    this.#settle();
    return masked === bytes ? null : masked;
  }

  /** What is masked breaks its contract, so it cannot go. */
  refuseMasked(): never {
    this.#note();
    throw new Refusal('FILTER_LEAK', { rule: 'mask' });
  }

  /**
   * @param bytes size of the body as it leaves
   * @throws Refusal FILTER_VOLUME
   */
  volume(bytes: number, memory: VolumeMemory): void {
    const { called } = this.#exchange.proven().operation;
    const action: GuardAction = this.#plan.settings.volume;
    if (action === 'off') return;
    const { party } = this.#exchange.proven().caller;
    const rule = memory.observe(party, called.id, { rows: this.#rows, bytes });
    if (rule === null) return;
    this.#findings.add({ guard: 'volume', rule, action, pointer: '' });
    this.#note();
    if (action === 'block') throw new Refusal('FILTER_VOLUME', { rule });
  }

  get #plan() {
    return this.#exchange.proven().operation.guards;
  }

  #settle(): void {
    if (this.#findings.empty) return;
    this.#note();
    const { blocking } = this.#findings;
    if (blocking) throw new Refusal('FILTER_LEAK', { pointer: blocking.pointer, rule: blocking.rule });
  }

  /** Beside what was found in the request. */
  #note(): void {
    const { declared_names } = this.#exchange.proven().operation;
    const asked = this.#exchange.guards.filter(({ guard }) => guard === 'attacks' || guard === 'suspicions');
    this.#exchange.guards = [...asked, ...withDeclaredNames(this.#findings.list, declared_names)];
  }
}
