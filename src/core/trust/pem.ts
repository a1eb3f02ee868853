/** The blocks of a PEM file (RFC 7468), in order. */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----/g;

/**
 * @param text any text before, between and after the blocks is ignored
 * @returns null where a block begins that is not a well-formed block
 */
export function readPem(text: string): readonly PemBlock[] | null {
  const blocks = [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    der: Buffer.from(body, 'base64'),
  }));
  const begun = text.split('-----BEGIN ').length - 1;
  return begun === blocks.length ? blocks : null;
}

/** One certificate as PEM, lines of 64 characters. */
export function writePem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}
