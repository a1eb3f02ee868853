import { parseStrictTransportSecurity } from '../../../protocol/http/strict-transport-security.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';

/** Six months, where the policy says nothing. */
const MIN_AGE_S = 15_552_000;

export const hsts = {
  id: 'tls/hsts',
  control: 'TLS-1',
  title: 'clients are told to come by https alone (HSTS)',
  sources: [
    { standard: 'RFC 6797', section: '6.1' },
    { standard: 'RFC 9325', section: '3.2' },
  ],
  applies_when: 'a name under https was asked, lets strangers in, and speaks HTTP',
  why: 'who stands between takes the first request of every visit, which goes out in clear',
  advice: 'Send Strict-Transport-Security with every answer over TLS, with a max-age of months',
  remedies: {
    nginx: ['add_header Strict-Transport-Security "max-age=63072000" always;'],
    apache: ['Header always set Strict-Transport-Security "max-age=63072000"'],
    haproxy: ['http-response set-header Strict-Transport-Security max-age=63072000'],
    caddy: ['header Strict-Transport-Security max-age=63072000'],
  },
  judge({ http: { speaks_http, strict_transport_security: value } }, { hsts_min_age_s: asked_s = MIN_AGE_S }) {
    if (speaks_http === 'unknown') return unknown('nothing was asked over TLS');
    if (speaks_http === 'no') return notApplicable('the endpoint does not speak HTTP');
    if (speaks_http !== 'yes') return notApplicable('only names under https that let strangers in are asked');
    if (value === null) return violated('Strict-Transport-Security is not sent', []);
    const parsed = parseStrictTransportSecurity(value);
    if (parsed === null) return violated('Strict-Transport-Security is not as RFC 6797 has it, and is ignored', []);
    const { max_age_s, include_subdomains } = parsed;
    const facts = [`max-age=${max_age_s}`, include_subdomains ? 'with subdomains' : 'without subdomains'];
    if (max_age_s < asked_s) return violated(`HSTS holds too short: ${asked_s} seconds are asked for`, facts);
    return holds(`max-age is ${max_age_s} seconds`, facts);
  },
} as const satisfies TlsRule;
