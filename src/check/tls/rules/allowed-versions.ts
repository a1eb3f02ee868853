import { versionName } from '../../../protocol/tls/versions.ts';
import type { TlsRule } from '../../registry.ts';
import { accepted } from '../accepted.ts';
import { judgeListed } from '../listed.ts';

export const allowedVersions = {
  id: 'tls/allowed-versions',
  control: 'TLS-2',
  title: 'every protocol version is one of the policy',
  sources: [{ standard: 'RFC 9325', section: '3.1.1' }],
  applies_when: 'the policy lists protocol versions',
  why: 'whoever stands between may get both ends to agree on the weakest they share',
  advice: 'Leave on the versions that the policy lists, and turn off the others',
  remedies: { sallyport: ['tls: modern'] },
  judge(evidence, { versions: list }) {
    const names = accepted(evidence).map(({ version }) => versionName(version));
    const complete = evidence.versions.every(({ acceptance }) => acceptance !== 'unknown');
    return judgeListed({ names, complete, list, noun: 'protocol versions' });
  },
} as const satisfies TlsRule;
