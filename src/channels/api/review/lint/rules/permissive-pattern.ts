import { isAnchored, withoutClasses } from '../bounds.ts';
import { judged, type LintRule } from '../rule.ts';

export const permissivePattern: LintRule = {
  id: 'permissive-pattern',
  severity: 'loose',
  controls: ['API-2', 'API-3'],
  title: 'A pattern accepts more than it seems to',
  why: 'A pattern that is not anchored holds anywhere in the text, and .* holds for everything.',
  fix: 'Begin with ^, end with $ (in brackets around alternatives) and name the characters that are meant.',
  schema({ node, facets, whole }) {
    const pattern = facets.get('pattern');
    if (!whole || typeof pattern !== 'string') return [];
    const problem = problemOf(pattern);
    return judged(node.pointer, problem !== null, problem ?? '');
  },
};

function problemOf(pattern: string): string | null {
  if (!isAnchored(pattern)) return 'the pattern is not anchored at both ends';
  if (/(?:^|[^\\])\.[*+]/.test(withoutClasses(pattern)) || /\[\\s\\S\]|\[\\S\\s\]|\[\^\]/.test(pattern))
    return 'the pattern accepts any text';
  return null;
}
