import { ESCAPED, NODE_SHIFT, type Tape } from '../../json/tape.ts';
import { isEmail, isHostname, isIdnEmail, isIpv4, isIpv6 } from './network.ts';
import { isDate, isDateTime, isDuration, isTime } from './time.ts';
import { isIri, isIriReference, isUri, isUriReference, isUriTemplate } from './uri.ts';
import { isUuid } from './uuid.ts';

/** Whether a string node has the format. */
type Format = (tape: Tape, node: number) => boolean;

/** draft-bhutton-relative-json-pointer-00 section 3. */
const RELATIVE_POINTER = /^(?:0|[1-9]\d*)(?:[+-][1-9]\d*)?(?:#|(?:\/(?:[^~/]|~[01])*)*)$/u;

/** The string formats that are asserted (2020-12 validation section 7.3, OpenAPI format registry). */
const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['date-time', ofBytes(isDateTime)],
  ['date', ofBytes(isDate)],
  ['time', ofBytes(isTime)],
  ['duration', ofText(isDuration)],
  ['email', ofText(isEmail)],
  ['idn-email', ofText(isIdnEmail)],
  ['hostname', ofText(isHostname)],
  ['ipv4', ofText(isIpv4)],
  ['ipv6', ofText(isIpv6)],
  ['uri', ofText(isUri)],
  ['uri-reference', ofText(isUriReference)],
  ['iri', ofText(isIri)],
  ['iri-reference', ofText(isIriReference)],
  ['uri-template', ofText(isUriTemplate)],
  ['uuid', ofBytes(isUuid)],
  ['json-pointer', ofText((text) => /^(?:\/(?:[^~/]|~[01])*)*$/u.test(text))],
  ['relative-json-pointer', ofText((text) => RELATIVE_POINTER.test(text))],
  ['byte', ofText(isBase64)],
  ['base64url', ofText(isBase64Url)],
]);

/** The assertion of a format; undefined when it is not known, or says nothing about strings. */
export function stringFormat(name: string): Format | undefined {
  return FORMATS.get(name);
}

function ofText(holds: (text: string) => boolean): Format {
  return (tape, node) => holds(tape.stringAt(node));
}

function ofBytes(holds: (bytes: Uint8Array, start: number, end: number) => boolean): Format {
  return (tape, node) => {
    if (((tape.cells[node << NODE_SHIFT] as number) & ESCAPED) === 0) {
      return holds(tape.source, tape.start(node) + 1, tape.end(node) - 1);
    }
    const bytes = Buffer.from(tape.stringAt(node));
    return holds(bytes, 0, bytes.length);
  };
}

/** Base64 with padding (RFC 4648 section 4). */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[0-9A-Za-z+/]*={0,2}$/u.test(text);
}

/** Base64 with the URL and filename safe alphabet, padding optional (RFC 4648 section 5). */
function isBase64Url(text: string): boolean {
  const bare = text.replace(/={1,2}$/u, '');
  return /^[0-9A-Za-z_-]*$/u.test(bare) && bare.length % 4 !== 1 && (bare === text || text.length % 4 === 0);
}
