import { readElements, TAG } from '../../protocol/der/elements.ts';

/** Short names of attribute types (RFC 4514 section 3), by the hex of their object identifiers. */
const TYPES: Readonly<Record<string, string>> = {
  '550403': 'CN',
  '550407': 'L',
  '550408': 'ST',
  '55040a': 'O',
  '55040b': 'OU',
  '550406': 'C',
};

const MAX_PARTS = 32;
const MAX_CHARACTERS = 256;

/** A Name (RFC 5280 section 4.1.2.4) for people, such as `C=NL, O=Example, CN=Example CA`; `?` where it is none. */
export function distinguishedName(der: Buffer): string {
  const [name] = readElements(der, 1) ?? [];
  if (name?.tag !== TAG.sequence) return '?';
  const sets = readElements(name.content, MAX_PARTS) ?? [];
  const parts = sets.flatMap(({ tag, content }) => (tag === TAG.set ? attributesOf(content) : []));
  return parts.length === 0 ? '?' : parts.join(', ').slice(0, MAX_CHARACTERS);
}

function attributesOf(set: Uint8Array): string[] {
  return (readElements(set, MAX_PARTS) ?? []).flatMap(({ tag, content }) => {
    const [type, value] = tag === TAG.sequence ? (readElements(content, 2) ?? []) : [];
    if (type?.tag !== TAG.oid || value === undefined) return [];
    const id = Buffer.from(type.content).toString('hex');
    return [`${TYPES[id] ?? id}=${escaped(textOf(value.tag, value.content))}`];
  });
}

/** RFC 4514 section 2.4: what a value holds is not taken for another attribute. */
function escaped(value: string): string {
  return value.replace(/[\\,+]/g, '\\$&');
}

function textOf(tag: number, content: Uint8Array): string {
  const bytes = Buffer.from(content.subarray(0, 2 * MAX_CHARACTERS));
  if (tag !== TAG.bmp_string) return bytes.toString('utf8');
  return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : '?';
}
