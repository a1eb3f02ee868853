import { Refusal } from '../../../../core/errors/refusal.ts';
import type { Part } from '../../../../protocol/multipart/index.ts';
import { parseJson, REQUEST_JSON } from '../judge-json.ts';
import { reading } from '../text/read.ts';
import { leaf } from '../text/types.ts';
import { isFileName } from './filename.ts';
import type { BinaryPart, MultipartContext, PartPlan, TextPart } from './types.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Lines of text may break; nothing else in it may control anything. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/**
 * The JSON that stands for a part in the object that is judged: the value itself, and for bytes a string that is as
 * long as they must at least be, since their length is judged here.
 *
 * @throws Refusal VALIDATE_MULTIPART, VALIDATE_SCHEMA, VALIDATE_JSON, VALIDATE_JSON_LIMIT
 */
export function partValue(plan: PartPlan, part: Part, context: MultipartContext, pointer: string): string {
  if (plan.format === 'binary') return standIn(plan, part, pointer);
  if (plan.format === 'text') return readText(plan, part, context, pointer);
  parseJson(part.body, context.json, REQUEST_JSON, pointer);
  return part.body.toString();
}

function standIn({ min_bytes, max_bytes }: BinaryPart, { filename, body }: Part, pointer: string): string {
  if (filename !== null && !isFileName(filename))
    throw new Refusal('VALIDATE_MULTIPART', { pointer, rule: 'filename' });
  if (body.length < min_bytes) throw new Refusal('VALIDATE_SCHEMA', { pointer, rule: 'minLength' });
  if (body.length > max_bytes) throw new Refusal('VALIDATE_SCHEMA', { pointer, rule: 'maxLength' });
  return `"${'x'.repeat(min_bytes)}"`;
}

/** Of several readings the first that the schema accepts; what is forwarded is the same text in all of them. */
function readText({ plan }: TextPart, { body }: Part, context: MultipartContext, pointer: string): string {
  const value = reading(plan, leaf(decode(body, pointer)), { parser: context.json, context });
  if (value === null) throw new Refusal('VALIDATE_SCHEMA', { pointer, rule: 'type' });
  return value;
}

function decode(body: Buffer, pointer: string): string {
  try {
    const text = UTF8.decode(body);
    if (!CONTROL.test(text)) return text;
  } catch {
    // Said below: not UTF-8.
  }
  throw new Refusal('VALIDATE_MULTIPART', { pointer, rule: 'text' });
}
