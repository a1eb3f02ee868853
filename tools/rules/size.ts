import type { SourceRule } from './source-rule.ts';

const MAX_LINES = 400;

export const size: SourceRule = {
  id: 'small-rooms',
  statement: `no source file is longer than ${MAX_LINES} lines`,
  allowed: {},
  offences: (_syntax, text) => (text.split('\n').length > MAX_LINES + 1 ? [MAX_LINES + 1] : []),
  bad: ['// line\n'.repeat(MAX_LINES + 1)],
  good: ['// line\n'.repeat(MAX_LINES)],
};
