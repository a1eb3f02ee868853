/** Keys that are missing, misspelt or of another type. */
import type { BadConfig } from './bad-config.ts';

export const KEYS: readonly BadConfig[] = [
  {
    name: 'a misspelt key',
    file: 'gate',
    from: 'limits:',
    to: 'limit:',
    seen: true,
    faults: ['sallyport.yaml:27:1: CONFIG_UNKNOWN_KEY limit: is not a known key here\n  → did you mean "limits"?'],
  },
  {
    name: 'a misspelt key deep inside',
    file: 'gate',
    from: 'timeouts: { headers: 10s }',
    to: 'timeouts: { header: 10s }',
    seen: true,
    faults: [
      'sallyport.yaml:14:17: CONFIG_UNKNOWN_KEY zones.partner.timeouts.header: is not a known key here\n  → did you mean "headers"?',
    ],
  },
  {
    name: 'a key that resembles nothing',
    file: 'gate',
    from: 'limits:',
    to: 'verify_certificates: false\nlimits:',
    seen: true,
    faults: [
      'sallyport.yaml:27:1: CONFIG_UNKNOWN_KEY verify_certificates: is not a known key here\n  → known here: version, gate, zones, groups, parties, policies, apis, limits, audit, admin, traces, ca',
    ],
  },
  {
    name: 'an option that would turn verification off',
    file: 'gate',
    from: '      url: http://127.0.0.1:9000',
    to: '      url: http://127.0.0.1:9000\n      insecure: true',
    seen: true,
    faults: [
      'sallyport.yaml:27:7: CONFIG_UNKNOWN_KEY apis.orders.upstream.insecure: is not a known key here\n  → known here: url, endpoints, trust, server_name, connections, timeouts, ejection, health, retries, retry_budget, breaker',
    ],
  },
  {
    name: 'a missing version',
    file: 'gate',
    from: 'version: 1\n',
    to: '',
    seen: true,
    faults: ['sallyport.yaml:1:1: CONFIG_MISSING version: is missing\n  → Version of this format.'],
  },
  {
    name: 'another version',
    file: 'gate',
    from: 'version: 1\n',
    to: 'version: 2\n',
    seen: true,
    faults: ['sallyport.yaml:1:10: CONFIG_VALUE version: must be 1, found 2'],
  },
  {
    name: 'a version in quotes',
    file: 'gate',
    from: 'version: 1\n',
    to: 'version: "1"\n',
    seen: true,
    faults: ['sallyport.yaml:1:10: CONFIG_VALUE version: must be 1, found "1"'],
  },
  {
    name: 'a missing section',
    file: 'gate',
    from: 'gate:\n  name: orders-gate\n',
    to: '',
    seen: true,
    faults: ['sallyport.yaml:1:1: CONFIG_MISSING gate: is missing\n  → The gate itself.'],
  },
  {
    name: 'a section without content',
    file: 'gate',
    from: 'gate:\n  name: orders-gate\n',
    to: 'gate:\n',
    seen: true,
    faults: ['sallyport.yaml:2:6: CONFIG_TYPE gate: must be a mapping, found nothing'],
  },
  {
    name: 'a missing key of a listener',
    file: 'gate',
    from: '        port: 8443\n',
    to: '',
    seen: true,
    faults: [
      'sallyport.yaml:7:9: CONFIG_MISSING zones.partner.listen[0].port: is missing\n  → Port to bind; 0 takes any free port.',
    ],
  },
  {
    name: 'a missing private key',
    file: 'gate',
    from: ', key: "file:pki/gate.key"',
    to: '',
    seen: true,
    faults: [
      'sallyport.yaml:10:9: CONFIG_MISSING zones.partner.listen[0].certificate.key: is missing\n  → The private key of the certificate (PKCS #8 PEM, readable by its owner only).',
    ],
  },
  {
    name: 'a name with capitals',
    file: 'gate',
    from: 'name: orders-gate',
    to: 'name: OrdersGate',
    seen: true,
    faults: [
      'sallyport.yaml:3:9: CONFIG_VALUE gate.name: must be a name of lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters long, found "OrdersGate"',
    ],
  },
  {
    name: 'a number where a name is due',
    file: 'gate',
    from: 'name: orders-gate',
    to: 'name: 2024',
    seen: true,
    faults: ['sallyport.yaml:3:9: CONFIG_TYPE gate.name: must be a text, found 2024\n  → put it in quotes'],
  },
  {
    name: 'a zone with a bad name',
    file: 'gate',
    from: '  partner:\n',
    to: '  Partner Zone:\n',
    seen: true,
    faults: [
      'sallyport.yaml:5:3: CONFIG_VALUE zones["Partner Zone"]: must be a name of lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters long',
      'sallyport.yaml:23:13: CONFIG_REFERENCE apis.orders.zones[0]: there is no zone "partner"\n  → did you mean "Partner Zone"?',
      'parties/acme.yaml:5:13: CONFIG_REFERENCE machines.acme-erp.zones[0]: there is no zone "partner"\n  → did you mean "Partner Zone"?',
    ],
  },
];
