import type { Scope } from '../scope.ts';

/** `plain-name` of 2020-12 core 8.2.2. */
const ANCHOR = /^[A-Za-z_][-A-Za-z0-9._]*$/u;

/** Holds `$id`, `$anchor` and `$dynamicAnchor` (2020-12 core 8.2) to their form. Which schema they name is known before. */
export function checkIdentifiers(scope: Scope): void {
  const { schema, options } = scope;
  if (options.dialect === '3.0') return;
  if ('$id' in schema && !isIdentifier(schema['$id'])) {
    scope.fault('invalid', '$id must be a URI reference without fragment', '$id');
  }
  for (const keyword of ['$anchor', '$dynamicAnchor']) {
    const name = schema[keyword];
    if (name === undefined || (typeof name === 'string' && ANCHOR.test(name))) continue;
    scope.fault(
      'invalid',
      `${keyword} must begin with a letter or _, and go on with letters, digits, - . or _`,
      keyword,
    );
  }
}

function isIdentifier(id: unknown): boolean {
  return typeof id === 'string' && /^[^#\s]+#?$/u.test(id) && URL.canParse(id, 'document:///');
}
