import type { TlsRule } from '../../registry.ts';
import { judgeEach } from '../chains.ts';

export const chainOrder = {
  id: 'tls/chain-order',
  control: 'TLS-6',
  title: 'the chain has its order and nothing that does not belong to it',
  sources: [
    { standard: 'RFC 5246', section: '7.4.2' },
    { standard: 'RFC 8446', section: '4.4.2' },
  ],
  applies_when: 'a certificate is sent',
  why: 'simple clients take each certificate as issued by the next and refuse the rest; what is extra costs every handshake',
  advice: 'Put the leaf first, behind it the certificate of its issuer, and so on; leave out what is not among them',
  remedies: {},
  judge(evidence) {
    const words = { sound: 'each is issued by the next', broken: 'the chain is not as it should be' };
    return judgeEach(evidence, words, ({ order, left_out }) => {
      if (order === null) return null;
      const places = (list: readonly number[]) => list.map((place) => place + 1).join(', ');
      const facts = [
        order.misordered ? [`the order that leads upwards is ${places(order.path)}`] : [],
        order.extra.length > 0 ? [`of no use: number ${places(order.extra)}`] : [],
        left_out > 0 ? [`${left_out} more than are looked at`] : [],
      ].flat();
      // A root is known to who trusts it: it is a waste, and no fault of its own.
      return facts.length > 0 && order.root_sent ? [...facts, 'the root is sent too'] : facts;
    });
  },
} as const satisfies TlsRule;
