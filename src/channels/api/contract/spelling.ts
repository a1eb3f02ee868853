import { decodePercent, encodePercent } from './percent.ts';
import type { PathTemplate, Segment } from './template.ts';
import { type Branch, createBranch, grow, search } from './trie.ts';

/**
 * Templates as a lenient service reads them: percent-encoding undone, upper and lower case alike.
 *
 * The gate compares raw bytes, so `/orders/%65xport` and `/orders/Export` are values of `/orders/{id}` to it. What goes
 * on is `/orders/export` or is routed as such by services that ignore case, and would be the operation of that name.
 */
export class Spellings<Leaf> {
  private readonly root: Branch<Leaf[]> = createBranch();
  /** Fixed text has capitals or escapes, so even a path without any may be another spelling of it. */
  private mixed = false;

  add(template: PathTemplate, leaf: Leaf): void {
    const folded = { segments: template.segments.map(foldSegment) };
    this.mixed ||= template.segments.some((segment) => textsOf(segment).some((text) => fold(text) !== text));
    const branch = grow(this.root, folded);
    branch.leaf ??= [];
    branch.leaf.push(leaf);
  }

  /** Every leaf that some spelling of the path means; none where only the path itself can be meant. */
  others(raw_path: string, segments: readonly string[]): Leaf[] {
    if (!this.mixed && !VARIABLE.test(raw_path)) return [];
    return search(this.root, segments.map(fold)).flat();
  }
}

/** What another spelling of the same text may differ in. */
const VARIABLE = /[%A-Z]/;

/** One text for all spellings; what cannot be decoded is refused later on, and only its case is lost here. */
function fold(text: string): string {
  const decoded = decodePercent(text);
  // Some letters have no lower case of their own but share their upper case with another: U+017F is a kind of s.
  return decoded === null ? text.toLowerCase() : encodePercent(decoded.toUpperCase().toLowerCase());
}

function foldSegment(segment: Segment): Segment {
  if (segment.kind === 'static') return { ...segment, text: fold(segment.text) };
  return segment.kind === 'parameter' ? { ...segment, texts: segment.texts.map(fold) } : segment;
}

function textsOf(segment: Segment): readonly string[] {
  if (segment.kind === 'static') return [segment.text];
  return segment.kind === 'parameter' ? segment.texts : [];
}
