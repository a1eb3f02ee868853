/** What a probe may send. */
import { isProbeRequest } from '../../protocol/http/probe-request.ts';
import { isStarttlsSend } from '../../protocol/starttls/index.ts';

const FIRST_TYPE = 20;
const LAST_TYPE = 24;
const HEADER_BYTES = 5;

/**
 * Whole TLS records (RFC 8446 section 5.1, heartbeats of RFC 6520 among them), each as long as it says, one CLIENT-HELLO of SSL 2.0,
 * or one of the closed list of what leads to TLS within another protocol, or the one
 * request of a head that `protocol/http` makes.
 *
 * @throws RangeError for anything else, so that no payload gets out in clear by way of a probe
 */
export function assertProbe(bytes: Buffer): void {
  if (isRecords(bytes) || isSsl2Hello(bytes) || isStarttlsSend(bytes) || isProbeRequest(bytes)) return;
  throw new RangeError('a probe sends TLS records, what leads to them, and nothing else');
}

function isRecords(bytes: Buffer): boolean {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const [type = 0, major] = bytes.subarray(at, at + 2);
    if (type < FIRST_TYPE || type > LAST_TYPE || major !== 3) return false;
    at += HEADER_BYTES + bytes.readUInt16BE(at + 3);
  }
  return bytes.length > 0 && at === bytes.length;
}

/** RFC 6101 appendix E: two bytes of length with the highest bit set, the type 1, the version 0x0002. */
function isSsl2Hello(bytes: Buffer): boolean {
  if (bytes.length < 11 || bytes.readUInt16BE(0) !== (0x8000 | (bytes.length - 2))) return false;
  const lengths = bytes.readUInt16BE(5) + bytes.readUInt16BE(7) + bytes.readUInt16BE(9);
  return bytes[2] === 1 && bytes.readUInt16BE(3) === 0x0002 && lengths === bytes.length - 11;
}
