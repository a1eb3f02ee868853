import { linesWhere, type SourceRule } from './source-rule.ts';
import type { Node } from './syntax.ts';

function turnsVerificationOff(node: Node): boolean {
  if (node.type !== 'KeyValueProperty') return false;
  const [key, value] = [node['key'] as Node, node['value'] as Node];
  const name = key['value'];
  if (name === 'rejectUnauthorized') return value.type === 'BooleanLiteral' && value['value'] === false;
  return name === 'NODE_TLS_REJECT_UNAUTHORIZED';
}

export const verification: SourceRule = {
  id: 'verification-stays-on',
  statement: 'no code turns certificate verification off',
  allowed: {
    'src/channels/api/listener/':
      'the path of a client certificate is verified in core/trust, so that a failure is recorded with its own code',
  },
  offences: (syntax) => linesWhere(syntax, turnsVerificationOff),
  bad: ['connect({ rejectUnauthorized: false });', "const o = { 'rejectUnauthorized': false };"],
  good: ['connect({ rejectUnauthorized: true });', 'const x = { verify: false };'],
};
