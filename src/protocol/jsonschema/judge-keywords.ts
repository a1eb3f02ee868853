import { SCHEMA_URIS, standingOf } from './dialect.ts';
import { checkIdentifiers } from './keywords/identifiers.ts';
import type { Scope } from './scope.ts';

/** What the gate does not enforce it accepts only where the dialect says that it has no effect. */
export function judgeKeywords(scope: Scope): void {
  const { schema, options } = scope;
  const { dialect } = options;
  for (const keyword of Object.keys(schema)) {
    const standing = standingOf(dialect, keyword);
    if (standing.kind === 'slip') {
      scope.fault('unsupported', `${keyword} is not a keyword; ${standing.meant} may be meant`, keyword);
    } else if (standing.kind === 'foreign') {
      scope.fault('unsupported', `${keyword} is not a keyword the gate enforces in this dialect`, keyword);
    } else if (standing.kind === 'borrowed') {
      scope.note(`${keyword} is not a keyword of this dialect; it is enforced as in the one it comes from`, keyword);
    } else if (standing.kind === 'idle') scope.note(`${keyword} is not a keyword of this dialect: no effect`, keyword);
  }
  checkIdentifiers(scope);
  if (dialect === '3.0' && 'prefixItems' in schema && 'items' in schema) {
    scope.fault(
      'unsupported',
      'prefixItems beside items says one thing in OpenAPI 3.0 and another in 3.1',
      'prefixItems',
    );
  }
  if (dialect !== '3.0' && '$schema' in schema && !SCHEMA_URIS.has(schema['$schema'])) {
    scope.fault(
      'unsupported',
      '$schema names another dialect; remove it where JSON Schema 2020-12 means the same',
      '$schema',
    );
  }
}
