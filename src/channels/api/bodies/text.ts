import { isUtf8 } from 'node:buffer';
import { Refusal } from '../../../core/errors/index.ts';
import { JsonParser } from '../../../protocol/json/index.ts';
import { ANSWER_JSON, type JsonCodes, type Judging, judgeJson, REQUEST_JSON } from '../contract/judge-json.ts';
import type { TextContent } from '../contract/types.ts';
import { actualType } from './binary.ts';

export const REQUEST_TEXT: JsonCodes = { ...REQUEST_JSON, form: 'VALIDATE_TEXT' };
export const ANSWER_TEXT: JsonCodes = { ...ANSWER_JSON, form: 'FILTER_TEXT' };

/** Control characters but tab, line feed and carriage return: terminals and parsers act on them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
/** A JSON text holds one character in at most six bytes; the body itself was bounded before. */
const JSON_LIMITS = {
  max_bytes: 1024 * 1024 * 1024,
  max_depth: 0,
  max_keys: 0,
  max_items: 0,
  max_array_items: 0,
  max_number_length: 1,
  max_string_bytes: 1024 * 1024 * 1024,
};
/** One string is one node. */
const TAPE_NODES = 16;

/**
 * A body of text held to its schema, as the JSON string of the same characters. It is passed on as it is.
 *
 * @throws Refusal with one of the codes: `form` with rule 'utf8' or 'control'; the others with the schema keyword
 */
export function checkTextBody(bytes: Buffer, content: TextContent, context: Judging, codes: JsonCodes): void {
  if (!isUtf8(bytes)) throw new Refusal(codes.form, { pointer: '', rule: 'utf8' });
  const text = bytes.toString('utf8');
  if (CONTROL.test(text)) throw new Refusal(codes.form, { pointer: '', rule: 'control' });
  const tape = new JsonParser(JSON_LIMITS, TAPE_NODES).parse(Buffer.from(JSON.stringify(text)));
  judgeJson(tape, content.schema, context, codes);
}

/**
 * The Content-Type of a text that was judged as UTF-8; of `text/*` it says so, since readers guess otherwise.
 *
 * @param media_type as declared; where that is a range, the type that was stated counts
 */
export function textType(media_type: string, stated: string): string {
  const actual = actualType(media_type, stated);
  return actual.startsWith('text/') ? `${actual};charset=utf-8` : actual;
}
