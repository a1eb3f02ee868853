/** How many timestamps a SignedCertificateTimestampList has (RFC 6962 section 3.3); 0 where it is none. */
export function countScts(list: Buffer): number {
  if (list.length < 2 || list.readUInt16BE(0) !== list.length - 2) return 0;
  let count = 0;
  for (let at = 2; at < list.length; count++) {
    if (at + 2 > list.length) return 0;
    at += 2 + list.readUInt16BE(at);
    if (at > list.length) return 0;
  }
  return count;
}
