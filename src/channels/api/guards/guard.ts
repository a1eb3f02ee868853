import type { Tape } from '../../../protocol/json/tape.ts';
import { findsIn, type Reading } from './find-in.ts';
import { actionOf, type Findings } from './findings.ts';
import { type FoundText, findInJson, lookAtJson } from './inspect-json.ts';
import { masked } from './mask.ts';
import { type BodyPlace, CLOSED, DECLARED, HARMLESS, PERSONAL, type Place, SECRET } from './place.ts';
import type { Span } from './rule.ts';
import type { Find } from './scanner.ts';
import type { GuardSettings } from './settings.ts';

/** The rules that are on for one side of an operation, and what they do. Shared by operations with the same settings. */
export interface Guard extends Reading {
  readonly settings: GuardSettings;
}

/** What a look at a JSON text says beside its findings. */
export interface GuardedJson {
  /** Items of the largest array. */
  readonly rows: number;
  /** String values to be replaced, in document order. */
  readonly masks: readonly { readonly node: number; readonly text: Buffer }[];
}

/**
 * Looks at the strings of a JSON text that are not left out, and at the names of objects that take any.
 *
 * @param undeclared nodes that are left out, in document order
 */
export function guardJson(
  guard: Guard,
  subject: { readonly tape: Tape; readonly undeclared: readonly number[]; readonly body: BodyPlace },
  findings: Findings,
): GuardedJson {
  const { suspects, rows } = lookAtJson(guard.scanner, subject, subject.body.open_names);
  const masks: { node: number; text: Buffer }[] = [];
  for (const found of suspects.length === 0 ? [] : findInJson(guard, subject, suspects, subject.body)) {
    const spans = judge(guard, found, findings);
    if (spans.length > 0) masks.push({ node: found.node, text: masked(found.bytes, spans) });
  }
  return { rows, masks };
}

/** Notes what was found; returns the parts that are to be masked. */
function judge(guard: Guard, found: FoundText, findings: Findings): Span[] {
  const spans: Span[] = [];
  for (const find of found.finds) {
    if (isDeclared(find, found.place)) continue;
    const action = actionOf(guard.settings, find);
    if (action === null) continue;
    // A name cannot be masked: another name would be another member.
    const taken = action === 'mask' && found.is_name ? 'block' : action;
    findings.add({ guard: find.rule.guard, rule: find.rule.id, action: taken, pointer: found.pointer });
    if (taken === 'mask') spans.push(maskedSpan(find, found.bytes.length));
  }
  return spans;
}

/** Whether the contract says that such may stand there. */
function isDeclared({ rule }: Find, { flags }: Place): boolean {
  if ((flags & CLOSED) !== 0) return true;
  if (rule.guard !== 'secrets' && (flags & HARMLESS) !== 0) return true;
  if (rule.guard === 'personal-data') return (flags & (PERSONAL | (DECLARED[rule.id] ?? 0))) !== 0;
  return rule.guard === 'secrets' && (flags & SECRET) !== 0;
}

/** Behind the first line of a trace stand others: of such a text nothing behind it is kept. */
function maskedSpan({ rule, start, end }: Find, length: number): Span {
  return { start, end: rule.guard === 'exceptions' ? length : end };
}

/** One text that is no JSON: a parameter, a header field, a text body. */
export interface GuardedText {
  readonly bytes: Buffer;
  readonly place: Place;
  readonly pointer: string;
}

/** @returns the text as it may go on: itself, or with what was found masked */
export function guardText(guard: Guard, { bytes, place, pointer }: GuardedText, findings: Findings): Buffer {
  if (!guard.scanner.suspects(bytes, 0, bytes.length)) return bytes;
  const finds = findsIn(guard, { bytes, start: 0, end: bytes.length });
  const spans = judge(guard, { node: 0, is_name: false, bytes, finds, place, pointer }, findings);
  return spans.length === 0 ? bytes : masked(bytes, spans);
}
