import type { Compiler } from '../compiler.ts';
import { REMOVE_IT } from '../fault-log.ts';
import type { FieldTable } from '../fields.ts';
import { isObject, member, members, type Node } from '../pointer.ts';
import { clip } from '../reader.ts';

/** OpenAPI "Encoding Object", as far as it speaks of `multipart/form-data`. */
const ENCODING: FieldTable = {
  what: 'an encoding',
  fields: { contentType: 'read', headers: 'read', style: 'read', explode: 'read', allowReserved: 'read' },
};

const TYPE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * Media types by property, as the `encoding` map states them. Headers of parts, and the styles that OpenAPI 3.1
 * borrows from forms, are not enforced and stop the load.
 */
export function readEncoding(compiler: Compiler, encoding: Node | null): Map<string, readonly string[]> {
  const { reader } = compiler;
  const found = new Map<string, readonly string[]>();
  if (!encoding) return found;
  if (!isObject(encoding.value)) reader.log.add('CONTRACT_SYNTAX', encoding.pointer, 'encoding must be an object');
  for (const [name, node] of members(encoding)) {
    if (!reader.closed(node, ENCODING)) continue;
    refuseUnread(compiler, node);
    const stated = reader.string(node, 'contentType');
    const types = stated === null ? null : parseTypes(stated);
    if (types) found.set(name, types);
    else if (stated !== null) {
      const at = (member(node, 'contentType') as Node).pointer;
      reader.log.add('CONTRACT_UNSUPPORTED', at, `'${clip(stated)}' is no list of media types without parameters`);
    }
  }
  return found;
}

function refuseUnread({ reader }: Compiler, node: Node): void {
  const headers = reader.map(node, 'headers');
  if (headers.length > 0) {
    const at = (member(node, 'headers') as Node).pointer;
    reader.log.add('CONTRACT_UNSUPPORTED', at, 'headers of a part are not enforced', REMOVE_IT);
  }
  for (const [word, harmless] of [
    ['style', 'form'],
    ['explode', true],
    ['allowReserved', false],
  ] as const) {
    const at = member(node, word);
    if (!at || at.value === harmless) continue;
    reader.log.add('CONTRACT_UNSUPPORTED', at.pointer, `${word} has no effect on parts`, REMOVE_IT);
  }
}

/** Lower case; ranges such as `image/*` are types here. */
function parseTypes(text: string): string[] | null {
  const types = text.split(',').map((type) => type.trim().toLowerCase());
  return types.every((type) => type === '*/*' || (TYPE.test(type) && !type.startsWith('*'))) ? types : null;
}
