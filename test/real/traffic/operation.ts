/** Everything one operation declares, sent through the gate; then the same with one thing wrong each time. */
import type { Content, DeclaredResponse, Operation } from '../document.ts';
import type { Answered, Caller } from './caller.ts';
import { newTrace } from './caller.ts';
import { change, difference, isPart, parsed } from './compare.ts';
import type { AnswerMessage, MadeBody, Messages, RequestMessage, Size } from './messages.ts';
import { plainResponse } from './messages.ts';
import {
  withUndeclared,
  withUndeclaredParameter,
  withUndeclaredStatus,
  withWrongMediaType,
  withWrongType,
} from './mutate.ts';
import type { Arrived, ScriptedUpstream } from './scripted-upstream.ts';
import type { Case } from './tally.ts';

export interface Traffic {
  readonly messages: Messages;
  readonly caller: Caller;
  /** Path at the gate before those of the contract. */
  readonly prefix: string;
  readonly upstream: ScriptedUpstream;
  readonly add: (one: Case) => void;
  /** Counts an example that breaks its own schema. */
  readonly passedOver: () => void;
}

const SIZES: readonly Size[] = ['minimal', 'full'];
const BAD_UPSTREAM = 502;
/** No body whatever is declared (RFC 9110 sections 15.3.5, 15.3.6, 15.4.5). */
const BODILESS = new Set(['204', '205', '304']);

export async function runOperation(traffic: Traffic, operation: Operation): Promise<void> {
  const run = new OperationRun(traffic, operation);
  await run.requests();
  if (run.request === null) return;
  await run.answers();
  await run.mutations();
}

class OperationRun {
  readonly #traffic: Traffic;
  readonly #operation: Operation;
  /** One that arrived as it was sent, with a body where one can be; null while there is none. */
  request: RequestMessage | null = null;
  /** Another, with everything in it. */
  #full: RequestMessage | null = null;

  constructor(traffic: Traffic, operation: Operation) {
    this.#traffic = traffic;
    this.#operation = operation;
  }

  /** Each media type of the body, minimal and full, and none where it may be absent. */
  async requests(): Promise<void> {
    const { body } = this.#operation;
    const carried = body === null ? [] : this.#traffic.messages.carried(body.content);
    const bodies: (Content | null)[] = carried.map(({ content }) => content);
    if (body?.required !== true) bodies.push(null);
    for (const content of bodies) {
      for (const size of SIZES) await this.#request(content, size);
    }
  }

  async #request(content: Content | null, size: Size): Promise<void> {
    const { messages } = this.#traffic;
    const about = `${content?.media_type ?? 'no body'} ${size}`;
    await this.#case('request', about, async () => {
      const request = messages.request(this.#operation, size, content);
      const response = plainResponse(this.#operation);
      const answer = messages.answer(this.#operation, response, this.#contentsOf(response)[0] ?? null, 'minimal');
      const { answered, arrived } = await this.#exchange(request, answer);
      const problem = arrived === null ? refused(answered) : await difference(request, arrived);
      if (problem === null) {
        this.request = hasBody(this.request) ? this.request : request;
        if (size === 'full') this.#full = hasBody(this.#full) ? this.#full : request;
      }
      return { problem, exchange_id: answered.exchange_id };
    });
  }

  /** Each declared response with each of its media types, minimal and full, and its examples. */
  async answers(): Promise<void> {
    for (const response of this.#operation.responses) {
      const contents = this.#contentsOf(response);
      for (const content of contents.length > 0 ? contents : [null]) {
        for (const size of SIZES) await this.#answer(response, content, size);
        for (const { name, value } of content?.examples ?? []) await this.#example(response, content!, name, value);
      }
    }
  }

  async #answer(response: DeclaredResponse, content: Content | null, size: Size): Promise<void> {
    const about = `${response.status} ${content?.media_type ?? 'no body'} ${size}`;
    await this.#case('answer', about, async () => {
      const answer = this.#traffic.messages.answer(this.#operation, response, content, size);
      const { answered } = await this.#exchange(this.request!, answer);
      return { problem: change(answer, answered), exchange_id: answered.exchange_id };
    });
  }

  /** Examples that break their own schema are not sent; of the others undeclared members may be left out. */
  async #example(response: DeclaredResponse, content: Content, name: string, value: unknown): Promise<void> {
    const { messages } = this.#traffic;
    const body = messages.example(content, value);
    if (body === null) return;
    if (!messages.instances.oracles.response.accepts(content.schema ?? {}, value)) return this.#traffic.passedOver();
    const about = `${response.status} ${content.media_type} example ${name}`;
    await this.#case('answer from an example', about, async () => {
      const answer = { ...messages.answer(this.#operation, response, null, 'full'), body };
      const { answered } = await this.#exchange(this.request!, answer);
      const whole = change(answer, answered);
      const less = whole !== null && answered.status === answer.status && isPart(parsed(answered.body), value);
      return { problem: less ? null : whole, exchange_id: answered.exchange_id };
    });
  }

  async mutations(): Promise<void> {
    const request = this.#full ?? this.request!;
    const { messages } = this.#traffic;
    const withBody = (body: MadeBody | null) => (body === null ? null : { ...request, body });
    await this.#refused('undeclared member in the body', /^VALIDATE_(FIELD_UNDECLARED|SCHEMA)$/, 422, () =>
      withBody(withUndeclared(messages, request.body, { trims: false, where: 'outermost' })),
    );
    await this.#refused('undeclared member deep in the body', /^VALIDATE_(FIELD_UNDECLARED|SCHEMA)$/, 422, () =>
      withBody(withUndeclared(messages, request.body, { trims: false, where: 'innermost' })),
    );
    await this.#refused('wrong type in the body', /^VALIDATE_(SCHEMA|FIELD_UNDECLARED)$/, 422, () =>
      withBody(withWrongType(messages, request.body, 'request')),
    );
    await this.#refused('undeclared query parameter', /^VALIDATE_PARAMETER_UNDECLARED$/, 422, () =>
      withUndeclaredParameter(this.#operation, request),
    );
    await this.#refused('wrong media type', /^VALIDATE_MEDIA_TYPE$/, 415, () =>
      withWrongMediaType(this.#operation, request),
    );
    await this.#badAnswer('wrong type in the answer', /^FILTER_SCHEMA$/, (answer) => {
      const body = withWrongType(messages, answer.body, 'response');
      return body === null ? null : { ...answer, body };
    });
    await this.#badAnswer('undeclared status', /^FILTER_STATUS$/, (answer) =>
      withUndeclaredStatus(this.#operation, answer),
    );
    await this.#trimmed('undeclared member in the answer', 'outermost');
    await this.#trimmed('undeclared member deep in the answer', 'innermost');
  }

  async #refused(kind: string, expects: RegExp, status: number, make: () => RequestMessage | null): Promise<void> {
    const request = make();
    if (request === null) return;
    await this.#case(kind, request.body?.content_type ?? '', async () => {
      const { answered, arrived } = await this.#exchange(request, this.#anyAnswer('minimal'));
      const problem = arrived !== null ? 'reached the service' : answered.status === status ? null : refused(answered);
      return { problem, exchange_id: answered.exchange_id, expects };
    });
  }

  async #badAnswer(
    kind: string,
    expects: RegExp,
    make: (answer: AnswerMessage) => AnswerMessage | null,
  ): Promise<void> {
    const answer = this.#answersWithBody()
      .map(make)
      .find((made) => made !== null);
    if (answer === undefined || answer === null) return;
    await this.#case(kind, `${answer.status}`, async () => {
      const { answered } = await this.#exchange(this.request!, answer);
      const problem = answered.status === BAD_UPSTREAM ? null : `answered ${answered.status}`;
      return { problem, exchange_id: answered.exchange_id, expects };
    });
  }

  async #trimmed(kind: string, where: 'outermost' | 'innermost'): Promise<void> {
    for (const answer of this.#answersWithBody()) {
      const body = withUndeclared(this.#traffic.messages, answer.body, { trims: true, where });
      if (body === null) continue;
      return this.#case(kind, `${answer.status}`, async () => {
        const { answered } = await this.#exchange(this.request!, { ...answer, body });
        return { problem: change(answer, answered), exchange_id: answered.exchange_id, expects: null };
      });
    }
  }

  /** One of each content, full; what cannot be made is reported where it is asked for. */
  #answersWithBody(): AnswerMessage[] {
    const { messages } = this.#traffic;
    const made = this.#operation.responses.flatMap((response) =>
      this.#contentsOf(response).flatMap((content) => {
        try {
          return [messages.answer(this.#operation, response, content, 'full')];
        } catch {
          return [];
        }
      }),
    );
    return made.length > 0 ? made : [this.#anyAnswer('full')];
  }

  #anyAnswer(size: Size): AnswerMessage {
    const response = plainResponse(this.#operation);
    return this.#traffic.messages.answer(this.#operation, response, this.#contentsOf(response)[0] ?? null, size);
  }

  #contentsOf(response: DeclaredResponse): Content[] {
    if (BODILESS.has(response.status) || this.#operation.method === 'HEAD') return [];
    return this.#traffic.messages.carried(response.content).map(({ content }) => content);
  }

  async #exchange(
    request: RequestMessage,
    answer: AnswerMessage,
  ): Promise<{ answered: Answered; arrived: Arrived | null }> {
    const { upstream, caller, prefix } = this.#traffic;
    const trace_id = newTrace();
    upstream.script(trace_id, answer);
    const answered = await caller.call(prefix, request, trace_id);
    return { answered, arrived: upstream.arrived(trace_id) };
  }

  async #case(
    kind: string,
    about: string,
    run: () => Promise<Pick<Case, 'problem' | 'exchange_id'> & { readonly expects?: RegExp | null }>,
  ): Promise<void> {
    const { add } = this.#traffic;
    try {
      add({ kind, operation: this.#operation.name, about, ...(await run()) });
    } catch (error) {
      add({ kind, operation: this.#operation.name, about, problem: (error as Error).message, exchange_id: null });
    }
  }
}

function hasBody(request: RequestMessage | null): boolean {
  return (request?.body?.bytes.length ?? 0) > 0;
}

function refused({ status }: Answered): string {
  return `refused with ${status}`;
}
