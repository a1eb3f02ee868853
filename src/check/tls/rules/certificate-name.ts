import { isIP } from 'node:net';
import type { TlsRule } from '../../registry.ts';
import { canonicalAddress } from '../certificates/canonical-address.ts';
import { judgeEach } from '../chains.ts';

export const certificateName = {
  id: 'tls/certificate-name',
  control: 'TLS-3',
  title: 'the certificate carries the name that was asked for',
  sources: [
    { standard: 'RFC 9525', section: '6.3' },
    { standard: 'RFC 9525', section: '6.4' },
    { standard: 'RFC 9325', section: '7.1' },
  ],
  applies_when: 'a certificate is sent',
  why: 'a client cannot tell the server from anybody else who has a certificate, and refuses it',
  advice:
    'Get a certificate whose subjectAltName has the name, or the address, that clients use; the common name is not looked at',
  remedies: {},
  judge(evidence) {
    const { name } = evidence;
    const words = { sound: `${name} is among its names`, broken: `the certificate is not for ${name}` };
    return judgeEach(evidence, words, ({ leaf: { extensions } }) => {
      if (extensions === null) return null;
      const { dns_names, ip_addresses } = extensions;
      const carries =
        isIP(name) === 0 ? dns_names.some((one) => matches(one, name)) : ip_addresses.includes(canonicalAddress(name));
      // The same however many it has: who compares reports learns what is new about the name.
      return carries ? [] : [`no DNS name and no address of it is ${name}`];
    });
  },
} as const satisfies TlsRule;

/** A wildcard is the whole leftmost label, and stands for one label (RFC 9525 section 6.3). */
function matches(presented: string, name: string): boolean {
  if (!presented.startsWith('*.')) return presented === name;
  const dot = name.indexOf('.');
  return dot > 0 && name.slice(dot) === presented.slice(1);
}
