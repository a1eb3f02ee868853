/** A target whose chain was sent, read and judged in full: nothing in a report lies deeper. */
import type { TargetReport } from '../../../src/check/report/report.ts';
import { BASE } from '../a-report.ts';

type Chain = NonNullable<TargetReport['tls']>['chains'][number];

const certificate: Chain['certificates'][number] = {
  sha256: 'ab'.repeat(32),
  size_bytes: 492,
  subject: 'CN=api.example.org',
  issuer: 'CN=Example Root',
  not_after: '2027-01-28T11:53:18.000Z',
  details: {
    serial: '7010d5fe2f88912072f4b04cbde5d411fc0659fe',
    not_before: '2026-11-29T11:53:18.000Z',
    self_signed: false,
    key_type: 'ec',
    key_bits: 256,
    key_curve: 'prime256v1',
    key_sha256: 'cd'.repeat(32),
    signature: 'ECDSA with SHA-256',
    is_ca: false,
    dns_names: ['api.example.org', 'www.example.org'],
    ip_addresses: ['192.0.2.7'],
    extended_key_usage: ['1.3.6.1.5.5.7.3.1'],
    has_ocsp_url: true,
    must_staple: false,
  },
};

const staple: Chain['staples'][number] = {
  response_status: 'successful',
  cert_status: 'good',
  produced_at: '2026-11-29T11:53:18.000Z',
  this_update: '2026-11-29T11:53:18.000Z',
  next_update: '2026-12-02T11:53:18.000Z',
  revoked_at: null,
  revocation_reason: null,
  signature: 'ECDSA with SHA-256',
  signature_holds: true,
  failure: null,
  signer: 'CN=Example Root',
  delegated: false,
};

const chain: Chain = {
  certificates: [certificate, { ...certificate, details: { ...certificate.details!, is_ca: true } }],
  public_trust: { trusted: false, reason: 'no path leads to a root', root: null },
  private_trust: { trusted: true, reason: null, root: 'CN=Example Root' },
  path: [1, 2],
  extra: [],
  misordered: false,
  root_sent: true,
  end: 'complete',
  proves_key: true,
  stapled: true,
  staples: [staple, { ...staple, cert_status: 'revoked' }],
  scts: 0,
};

/** Two of them, as of a server with two kinds of keys. */
export const CHAINED: TargetReport = { ...BASE, tls: { ...BASE.tls!, chains: [chain, chain] } };
