/** Files of parties. */
import type { BadConfig } from './bad-config.ts';

export const PARTIES: readonly BadConfig[] = [
  {
    name: 'a party without an id',
    file: 'party',
    from: 'party: acme\n',
    to: '',
    seen: true,
    faults: ['parties/acme.yaml:1:1: CONFIG_MISSING party: is missing\n  → The id of the party, unique in the gate.'],
  },
  {
    name: 'a party named like a group',
    file: 'party',
    from: 'party: acme\n',
    to: 'party: partners\n',
    seen: false,
    faults: [
      'parties/acme.yaml:1:8: CONFIG_DUPLICATE party: the id "partners" already names a group at sallyport.yaml:17:3\n  → give one of them another id',
    ],
  },
  {
    name: 'a party in a group that is not there',
    file: 'party',
    from: 'groups: [suppliers]',
    to: 'groups: [supplier]',
    seen: false,
    faults: [
      'parties/acme.yaml:2:10: CONFIG_REFERENCE groups[0]: there is no group "supplier"\n  → did you mean "suppliers"?',
    ],
  },
  {
    name: 'a party that is not text',
    file: 'party',
    from: 'party: acme\n',
    to: 'party: true\n',
    seen: true,
    faults: ['parties/acme.yaml:1:8: CONFIG_TYPE party: must be a text, found true'],
  },
  {
    name: 'a machine in a zone that is not there',
    file: 'party',
    from: 'zones: [partner]',
    to: 'zones: [internal]',
    seen: false,
    faults: [
      'parties/acme.yaml:5:13: CONFIG_REFERENCE machines.acme-erp.zones[0]: there is no zone "internal"\n  → known: "partner"',
    ],
  },
  {
    name: 'a credential with a trust that is not there',
    file: 'party',
    from: 'trust: acme-ca',
    to: 'trust: acme',
    seen: false,
    faults: [
      'parties/acme.yaml:7:18: CONFIG_REFERENCE machines.acme-erp.credentials[0].trust: there is no trust "acme"\n  → did you mean "acme-ca"?',
    ],
  },
  {
    name: 'a credential of no kind',
    file: 'party',
    from: '{ trust: acme-ca, uri: "spiffe://acme.example/erp" }',
    to: '{ trust: acme-ca }',
    seen: true,
    faults: [
      'parties/acme.yaml:7:9: CONFIG_VALUE machines.acme-erp.credentials[0]: must hold trust and uri, trust and dns, or thumbprint alone',
    ],
  },
  {
    name: 'a credential of two kinds',
    file: 'party',
    from: 'uri: "spiffe://acme.example/erp"',
    to: 'uri: "spiffe://acme.example/erp", dns: erp.acme.example',
    seen: true,
    faults: [
      'parties/acme.yaml:7:9: CONFIG_VALUE machines.acme-erp.credentials[0]: must hold trust and uri, trust and dns, or thumbprint alone',
    ],
  },
  {
    name: 'a SPIFFE ID with a final slash',
    file: 'party',
    from: 'spiffe://acme.example/erp',
    to: 'spiffe://acme.example/erp/',
    seen: false,
    faults: [
      'parties/acme.yaml:7:32: CONFIG_VALUE machines.acme-erp.credentials[0].uri: must be a canonical SPIFFE ID such as spiffe://acme.example/erp, found "spiffe://acme.example/erp/"\n  → lower-case trust domain, no port, no empty or dot segments, no percent-encoding, no final slash',
    ],
  },
  {
    name: 'a SPIFFE ID in capitals',
    file: 'party',
    from: 'spiffe://acme.example/erp',
    to: 'spiffe://Acme.example/erp',
    seen: false,
    faults: [
      'parties/acme.yaml:7:32: CONFIG_VALUE machines.acme-erp.credentials[0].uri: must be a canonical SPIFFE ID such as spiffe://acme.example/erp, found "spiffe://Acme.example/erp"\n  → lower-case trust domain, no port, no empty or dot segments, no percent-encoding, no final slash',
    ],
  },
  {
    name: 'a thumbprint with colons',
    file: 'party',
    from: '{ trust: acme-ca, uri: "spiffe://acme.example/erp" }',
    to: '{ thumbprint: "AB:CD:EF" }',
    seen: true,
    faults: [
      'parties/acme.yaml:7:23: CONFIG_VALUE machines.acme-erp.credentials[0].thumbprint: must be the SHA-256 of the certificate: 64 lower-case hex digits, without colons, found "AB:CD:EF"',
    ],
  },
  {
    name: 'a machine without credentials',
    file: 'party',
    from: '    credentials:\n      - { trust: acme-ca, uri: "spiffe://acme.example/erp" }\n',
    to: '    credentials: []\n',
    seen: true,
    faults: ['parties/acme.yaml:6:18: CONFIG_VALUE machines.acme-erp.credentials: must hold at least one item'],
  },
  {
    name: 'a suspended machine in words',
    file: 'party',
    from: '    zones: [partner]',
    to: '    suspended: "yes"',
    seen: true,
    faults: ['parties/acme.yaml:5:16: CONFIG_TYPE machines.acme-erp.suspended: must be true or false, found "yes"'],
  },
  {
    name: 'a YAML 1.1 boolean',
    file: 'party',
    from: '    zones: [partner]',
    to: '    suspended: no',
    seen: true,
    faults: ['parties/acme.yaml:5:16: CONFIG_TYPE machines.acme-erp.suspended: must be true or false, found "no"'],
  },
];
