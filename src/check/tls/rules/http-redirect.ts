import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';

export const httpRedirect = {
  id: 'tls/http-redirect',
  control: 'TLS-1',
  title: 'HTTP in clear leads to https of the same host, or nowhere',
  sources: [
    { standard: 'RFC 9325', section: '3.2' },
    { standard: 'RFC 6797', section: '7.2' },
  ],
  applies_when: 'the endpoint is at port 443; port 80 of it is asked',
  why: 'who listens reads what is asked for in clear, and who stands between answers it',
  advice: 'Close port 80, or answer everything there with a permanent redirect to https of the same host',
  remedies: {
    nginx: ['return 308 https://$host$request_uri;'],
    apache: ['Redirect permanent / https://api.example.org/'],
    haproxy: ['http-request redirect scheme https code 308'],
  },
  judge({ http: { plain } }) {
    if (plain === null) return unknown('port 80 was not asked, or did not answer in time');
    if (plain === 'not-applicable') return notApplicable('the endpoint is not at port 443');
    if (plain === 'serves') return violated('port 80 serves in clear', []);
    if (plain === 'redirects-elsewhere') return violated('port 80 leads elsewhere than to https of the same host', []);
    return holds(`port 80: ${plain}`);
  },
} as const satisfies TlsRule;
