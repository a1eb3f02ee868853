/** The one request that a check makes in clear: it asks for nothing but a head, and says who asks. */
const REQUEST =
  /^HEAD \/ HTTP\/1\.1\r\nHost: [a-z0-9._:[\]-]{1,255}\r\nUser-Agent: sallyport-check\/[0-9A-Za-z.+-]{1,32}\r\nConnection: close\r\n\r\n$/;

/** `host` is a name in lower case or an address, `version` that of the program. */
export function probeRequest(host: string, version: string): Buffer {
  const authority = host.includes(':') ? `[${host}]` : host;
  const agent = `User-Agent: sallyport-check/${version}`;
  return Buffer.from(`HEAD / HTTP/1.1\r\nHost: ${authority}\r\n${agent}\r\nConnection: close\r\n\r\n`, 'latin1');
}

export function isProbeRequest(bytes: Buffer): boolean {
  return REQUEST.test(bytes.toString('latin1'));
}
