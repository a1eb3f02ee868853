/** Everything that documents declare, through a running gate. */
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { type Description, describe } from './document.ts';
import { applyByHand, type OverlayAction } from './overlay.ts';
import { instancesOf } from './schema/valid.ts';
import { AT_ONCE, type RealGate, startRealGate } from './traffic/gate.ts';
import { Messages } from './traffic/messages.ts';
import { runOperation } from './traffic/operation.ts';
import { type Case, type Outcome, settle } from './traffic/tally.ts';

export interface RealDocument {
  /** Small letters, digits and hyphens. */
  readonly name: string;
  /** JSON or YAML. */
  readonly text: string;
  /** Text of its overlay, null for none. */
  readonly overlay: string | null;
}

export interface RealRun {
  readonly name: string;
  readonly operations: number;
  readonly outcomes: readonly Outcome[];
  /** Examples of answers that break their own schema, as ajv says, and were not sent. */
  readonly broken_examples: number;
  /** What the overlay changes, and why. */
  readonly exceptions: readonly OverlayAction[];
}

export async function runDocuments(context: TestContext, documents: readonly RealDocument[]): Promise<RealRun[]> {
  const read = documents.map((document) => ({ ...document, ...readDocument(document) }));
  const gate = await startRealGate(context, read);
  const sent: Sent[] = [];
  for (const { name, description } of read) sent.push(await send(gate, name, description));
  const verdicts = await gate.verdicts();
  return read.map(({ name, description, exceptions }, index) => ({
    name,
    operations: description.operations.length,
    outcomes: settle(sent[index]!.cases, verdicts),
    broken_examples: sent[index]!.broken_examples,
    exceptions,
  }));
}

function readDocument({ text, overlay }: RealDocument) {
  const is_json = text.trimStart().startsWith('{');
  const document = (is_json ? JSON.parse(text) : parse(text)) as object;
  const exceptions = overlay === null ? [] : applyByHand(document, overlay);
  return { is_json, exceptions, description: describe(document) };
}

interface Sent {
  readonly cases: Case[];
  broken_examples: number;
}

async function send(gate: RealGate, name: string, description: Description): Promise<Sent> {
  const sent: Sent = { cases: [], broken_examples: 0 };
  const { caller, upstream } = gate;
  const messages = new Messages(description, instancesOf(description));
  const traffic = {
    messages,
    caller,
    upstream,
    prefix: `/${name}`,
    add: (one: Case) => void sent.cases.push(one),
    passedOver: () => void sent.broken_examples++,
  };
  const left = [...description.operations];
  const worker = async () => {
    for (let operation = left.shift(); operation !== undefined; operation = left.shift()) {
      await runOperation(traffic, operation);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sent;
}
