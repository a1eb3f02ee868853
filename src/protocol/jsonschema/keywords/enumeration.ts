import { KIND_MASK, NODE_SHIFT, STRING } from '../../json/tape.ts';
import { payCanonical } from '../cost.ts';
import { canonicalText, canonicalValue, kindBitOf } from '../equal.ts';
import { NameTable } from '../names.ts';
import type { Check } from '../run.ts';
import type { Scope } from '../scope.ts';

/** `enum` (2020-12 validation 6.1.2). Declares no members: a list of objects does not open them. */
export function compileEnum(scope: Scope): Check | null {
  const values = scope.schema['enum'];
  if (values === undefined) return null;
  if (!Array.isArray(values) || values.length === 0) {
    scope.fault('invalid', 'enum must be a list of at least one value', 'enum');
    return null;
  }
  return oneOfValues(scope, 'enum', values);
}

/** `const` (2020-12 validation 6.1.3): an enum of one. */
export function compileConst(scope: Scope): Check | null {
  return 'const' in scope.schema ? oneOfValues(scope, 'const', [scope.schema['const']]) : null;
}

function oneOfValues(scope: Scope, keyword: string, values: readonly unknown[]): Check {
  const strings = new NameTable([...new Set(values.filter((value) => typeof value === 'string'))]);
  const others = values.filter((value) => typeof value !== 'string');
  const texts = new Set(others.map(canonicalValue));
  const kinds = others.reduce<number>((bits, value) => bits | kindBitOf(value), 0);
  if (others.some((value) => typeof value === 'object' && value !== null)) scope.fragile();
  return (run, node) => {
    const kind = (run.cells[node << NODE_SHIFT] as number) & KIND_MASK;
    if (kind === STRING) return strings.findString(run, node) >= 0 || run.fail(node, keyword);
    if (((kinds >> kind) & 1) === 0) return run.fail(node, keyword);
    payCanonical(run, node);
    return texts.has(canonicalText(run.tape, node)) || run.fail(node, keyword);
  };
}
