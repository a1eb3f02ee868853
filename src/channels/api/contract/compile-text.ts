import type { Compiler } from './compiler.ts';
import { MEDIA_TYPE } from './fields.ts';
import { isJsonMediaType, parseMediaType } from './media-type.ts';
import { isObject, member, members, type Node } from './pointer.ts';
import { clip } from './reader.ts';
import type { Direction } from './schemas.ts';
import { compilePlan, DEEP_DEPTH, FLAT_DEPTH, isReadable } from './text/compile-plan.ts';
import { carriedBy, explodeFault } from './text/styles.ts';
import type { Style, TextPlan, TypedText } from './text/types.ts';

/** The schema of a value that travels as text, and whether a `content` gives it instead of `schema`. */
export interface TextSchema {
  readonly schema: Node;
  readonly media: TypedText['media'];
}

/** What a JSON value is before it is parsed. */
const JSON_PLAN: TextPlan = { scalars: ['string'], array: null, object: null, schemas: [] };

/**
 * The schema of a parameter or header: its own, or that of its `content`, which names one media type: JSON, or plain
 * text, which is a string.
 *
 * @returns null after a fault
 */
export function textSchema(compiler: Compiler, holder: Node, what: string): TextSchema | null {
  const { reader } = compiler;
  const schema = member(holder, 'schema');
  const content = member(holder, 'content');
  if (schema && content) {
    reader.log.add('CONTRACT_SYNTAX', content.pointer, `${what} has a schema or content, not both`);
    return null;
  }
  if (content) return contentSchema(compiler, content);
  return schema && { schema, media: 'text' };
}

function contentSchema({ reader }: Compiler, content: Node): TextSchema | null {
  const [entry, ...others] = isObject(content.value) ? members(content) : [];
  if (!entry || others.length > 0) {
    reader.log.add('CONTRACT_SYNTAX', content.pointer, 'content must hold exactly one media type here');
    return null;
  }
  const [key, node] = entry;
  const media_type = parseMediaType(key);
  const is_json = media_type !== null && isJsonMediaType(media_type);
  if (!is_json && media_type !== 'text/plain') {
    const message = `a value of the media type '${clip(key)}' is not enforced`;
    reader.log.add(
      'CONTRACT_UNSUPPORTED',
      node.pointer,
      message,
      'Use application/json, or a schema in place of content',
    );
    return null;
  }
  if (!reader.closed(node, MEDIA_TYPE)) return null;
  const schema = member(node, 'schema');
  if (!schema) reader.log.add('CONTRACT_SCHEMA', node.pointer, `'${clip(key)}' has no schema`);
  return schema && { schema, media: is_json ? 'json' : 'text' };
}

/**
 * The readings of a value in a style; null after a fault.
 *
 * @param what with its article, for messages: `a parameter`
 */
export function textPlan(
  compiler: Compiler,
  { schema, media }: TextSchema,
  direction: Direction,
  style: Style,
  what: string,
): TextPlan | null {
  if (media === 'json') return JSON_PLAN;
  const depth = style === 'deepObject' ? DEEP_DEPTH : FLAT_DEPTH;
  const plan = compilePlan(compiler, schema, direction, depth);
  const carried = carriedBy(style, plan);
  if (isReadable(carried)) return carried;
  const message = isReadable(plan)
    ? `style ${style} has no form for a single value`
    : `${what} of this schema has no form as text in style ${style}`;
  const hint = 'Use scalars, or arrays and objects of scalars; give nested values a content of application/json';
  compiler.reader.log.add('CONTRACT_UNSUPPORTED', schema.pointer, message, hint);
  return null;
}

/** Faults a style with an `explode` it has no form for; what has one media type needs none. */
export function checkExplode({ reader }: Compiler, holder: Node, style: Style, explode: boolean): void {
  const fault = explodeFault(style, explode);
  if (fault === null) return;
  const at = member(holder, 'explode') ?? holder;
  reader.log.add('CONTRACT_UNSUPPORTED', at.pointer, fault, 'Use form for exploded arrays, or leave explode out');
}
