/** Files that are named, and what two places may not share. */
import type { BadConfig } from './bad-config.ts';

export const FILES: readonly BadConfig[] = [
  {
    name: 'a contract that is not there',
    file: 'gate',
    from: 'contracts/orders.yaml',
    to: 'contracts/order.yaml',
    seen: false,
    faults: [
      'sallyport.yaml:22:15: CONFIG_FILE apis.orders.contract: the file "contracts/order.yaml" does not exist\n  → put the OpenAPI document there, or correct the path',
    ],
  },
  {
    name: 'a contract that is a folder',
    file: 'gate',
    from: 'contracts/orders.yaml',
    to: 'contracts',
    seen: false,
    faults: [
      'sallyport.yaml:22:15: CONFIG_FILE apis.orders.contract: the file "contracts" is not a regular file\n  → put the OpenAPI document there, or correct the path',
    ],
  },
  {
    name: 'an overlay that is not there, and one that is no path',
    file: 'gate',
    from: '    contract: contracts/orders.yaml',
    to: '    contract: contracts/orders.yaml\n    overlays: [contracts/orders.yaml, contracts/none.yaml, ""]',
    seen: false,
    faults: [
      'sallyport.yaml:23:39: CONFIG_FILE apis.orders.overlays[1]: the file "contracts/none.yaml" does not exist\n  → put the OpenAPI Overlay document there, or correct the path',
      'sallyport.yaml:23:60: CONFIG_VALUE apis.orders.overlays[2]: must be a path of 1 to 1024 characters, on one line, found ""',
    ],
  },
  {
    name: 'limits without units, out of bounds and misspelt',
    file: 'gate',
    from: '    path: /orders-api',
    to: '    path: /orders-api\n    limits: { string: 5, depth: 129, arrays: 1 }',
    seen: false,
    faults: [
      'sallyport.yaml:25:23: CONFIG_TYPE apis.orders.limits.string: must be a size with its unit, such as 64KiB or 2MiB, found 5',
      'sallyport.yaml:25:33: CONFIG_VALUE apis.orders.limits.depth: must be between 1 and 128, found 129',
      'sallyport.yaml:25:38: CONFIG_UNKNOWN_KEY apis.orders.limits.arrays: is not a known key here\n  → did you mean "array"?',
    ],
  },
  {
    name: 'a pattern that matches nothing',
    file: 'gate',
    from: 'policies: policies/*.cedar',
    to: 'policies: policy/*.cedar',
    seen: false,
    faults: [
      'sallyport.yaml:19:11: CONFIG_FILE policies: no file matches "policy/*.cedar"\n  → make a file there, or change policies',
    ],
  },
  {
    name: 'a pattern that leaves the project',
    file: 'gate',
    from: 'policies: policies/*.cedar',
    to: 'policies: ../*.cedar',
    seen: true,
    faults: [
      'sallyport.yaml:19:11: CONFIG_VALUE policies: must be a relative path inside the project folder; * and ? stand for characters of one segment, found "../*.cedar"',
    ],
  },
  {
    name: 'an absolute pattern',
    file: 'gate',
    from: 'policies: policies/*.cedar',
    to: 'policies: /etc/*.cedar',
    seen: true,
    faults: [
      'sallyport.yaml:19:11: CONFIG_VALUE policies: must be a relative path inside the project folder; * and ? stand for characters of one segment, found "/etc/*.cedar"',
    ],
  },
  {
    name: 'two listeners on one port',
    file: 'gate',
    from: '    trust:\n',
    to: "      - { port: 8443, names: [gate.example], certificate: { chain: a.pem, key: 'file:a.key' } }\n    trust:\n",
    seen: false,
    faults: [
      'sallyport.yaml:11:17: CONFIG_DUPLICATE zones.partner.listen[1].port: port 8443 is already bound by zones.partner.listen[0] (127.0.0.1)',
    ],
  },
  {
    name: 'a listener on every address and one on the same port',
    file: 'gate',
    from: '    trust:\n',
    to: "      - { address: '::', port: 8443, names: [gate.example], certificate: { chain: a.pem, key: 'file:a.key' } }\n    trust:\n",
    seen: false,
    faults: [
      'sallyport.yaml:11:32: CONFIG_DUPLICATE zones.partner.listen[1].port: port 8443 is already bound by zones.partner.listen[0] (127.0.0.1)',
    ],
  },
  {
    name: 'one trust name for two files',
    file: 'gate',
    from: 'groups:\n',
    to: "  internal:\n    listen: [{ port: 0, names: [localhost], certificate: { chain: a.pem, key: 'file:a.key' } }]\n    trust: { acme-ca: pki/other-ca.pem }\ngroups:\n",
    seen: false,
    faults: [
      'sallyport.yaml:17:23: CONFIG_DUPLICATE zones.internal.trust.acme-ca: trust "acme-ca" is another file in zone "partner"\n  → give the second CA its own trust name',
    ],
  },
  {
    name: 'a CA that issues for longer than certificates are trusted',
    file: 'gate',
    from: 'limits:\n',
    to: 'ca: { certificate: pki/ca.pem, key: "file:pki/ca.key", validity: 398d }\nlimits:\n',
    seen: false,
    faults: ['sallyport.yaml:27:66: CONFIG_VALUE ca.validity: must be between 1h and 397d, found "398d"'],
  },
  {
    name: 'a CA without its key',
    file: 'gate',
    from: 'limits:\n',
    to: 'ca: { certificate: pki/ca.pem }\nlimits:\n',
    seen: true,
    faults: [
      'sallyport.yaml:27:1: CONFIG_MISSING ca.key: is missing\n  → The private key of the CA (PEM, readable by its owner only), in a file of its own. Only the signer reads it.',
    ],
  },
  {
    name: 'a terminal escape in a value',
    file: 'gate',
    from: 'tls: modern',
    to: 'tls: "\\e[31mred"',
    seen: true,
    faults: [
      'sallyport.yaml:13:10: CONFIG_VALUE zones.partner.tls: must be modern or intermediate, found "\\u{1b}[31mred"',
    ],
  },
];
