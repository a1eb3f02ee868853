import type { TlsRule } from '../../registry.ts';
import { judgeEach } from '../chains.ts';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

export const certificateUsage = {
  id: 'tls/certificate-usage',
  control: 'TLS-3',
  title: 'the certificate is one of a server, and no CA',
  sources: [
    { standard: 'RFC 5280', section: '4.2.1.3' },
    { standard: 'RFC 5280', section: '4.2.1.9' },
    { standard: 'RFC 5280', section: '4.2.1.12' },
  ],
  applies_when: 'a certificate is sent',
  why: 'clients refuse it; and with the key of a CA on a server, who takes the server issues certificates',
  advice: 'Get a certificate with extended key usage serverAuth, key usage digitalSignature and without cA',
  remedies: {},
  judge(evidence) {
    const words = { sound: 'it is for servers', broken: 'the certificate is not for servers, or not for them alone' };
    return judgeEach(evidence, words, ({ leaf: { extensions } }) => {
      if (extensions === null) return null;
      const { ca, key_usage, extended_key_usage: usages } = extensions;
      const serves = usages === null || usages.includes(SERVER_AUTH) || usages.includes(ANY_USAGE);
      return [
        ca ? ['it is a CA'] : [],
        serves ? [] : ['its extended key usage leaves out serverAuth'],
        key_usage?.digital_signature === false ? ['its key usage leaves out digitalSignature'] : [],
      ].flat();
    });
  },
} as const satisfies TlsRule;
