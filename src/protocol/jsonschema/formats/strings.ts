import { isEmail, isHostname, isIpv4, isIpv6, isUri, isUriReference } from './network.ts';
import { isDate, isDateTime, isDuration, isTime } from './time.ts';

type Format = (text: string) => boolean;

/** The string formats that are asserted (2020-12 validation section 7.3, OpenAPI format registry), beside uuid. */
const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['date-time', isDateTime],
  ['date', isDate],
  ['time', isTime],
  ['duration', isDuration],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', isIpv4],
  ['ipv6', isIpv6],
  ['uri', isUri],
  ['uri-reference', isUriReference],
  ['json-pointer', (text) => /^(?:\/(?:[^~/]|~[01])*)*$/u.test(text)],
  ['byte', isBase64],
]);

/** The assertion of a format; undefined when it is not known, or says nothing about strings. */
export function stringFormat(name: string): Format | undefined {
  return FORMATS.get(name);
}

/** Base64 with padding (RFC 4648 section 4). */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[0-9A-Za-z+/]*={0,2}$/u.test(text);
}
