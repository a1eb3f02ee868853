/** Of a listener: address, port, names, key, TLS profile. */
import type { BadConfig } from './bad-config.ts';

export const LISTENERS: readonly BadConfig[] = [
  {
    name: 'a port beyond 65535',
    file: 'gate',
    from: 'port: 8443',
    to: 'port: 84430',
    seen: true,
    faults: [
      'sallyport.yaml:8:15: CONFIG_VALUE zones.partner.listen[0].port: must be between 0 and 65535, found 84430',
    ],
  },
  {
    name: 'a port in quotes',
    file: 'gate',
    from: 'port: 8443',
    to: 'port: "8443"',
    seen: true,
    faults: [
      'sallyport.yaml:8:15: CONFIG_TYPE zones.partner.listen[0].port: must be a number, found "8443"\n  → remove the quotes',
    ],
  },
  {
    name: 'a fractional port',
    file: 'gate',
    from: 'port: 8443',
    to: 'port: 8443.5',
    seen: true,
    faults: ['sallyport.yaml:8:15: CONFIG_TYPE zones.partner.listen[0].port: must be a whole number, found 8443.5'],
  },
  {
    name: 'an infinite port',
    file: 'gate',
    from: 'port: 8443',
    to: 'port: .inf',
    seen: true,
    faults: ['sallyport.yaml:8:15: CONFIG_TYPE zones.partner.listen[0].port: must be a number, found Infinity'],
  },
  {
    name: 'a name where an address is due',
    file: 'gate',
    from: 'address: 127.0.0.1',
    to: 'address: localhost',
    seen: true,
    faults: [
      'sallyport.yaml:7:18: CONFIG_VALUE zones.partner.listen[0].address: must be an IPv4 or IPv6 address, found "localhost"',
    ],
  },
  {
    name: 'an address with too large a part',
    file: 'gate',
    from: 'address: 127.0.0.1',
    to: 'address: 127.0.0.256',
    seen: false,
    faults: [
      'sallyport.yaml:7:18: CONFIG_VALUE zones.partner.listen[0].address: must be an IPv4 or IPv6 address, found "127.0.0.256"',
    ],
  },
  {
    name: 'no names',
    file: 'gate',
    from: 'names: [localhost]',
    to: 'names: []',
    seen: true,
    faults: ['sallyport.yaml:9:16: CONFIG_VALUE zones.partner.listen[0].names: must hold at least one item'],
  },
  {
    name: 'a text where a list is due',
    file: 'gate',
    from: 'names: [localhost]',
    to: 'names: localhost',
    seen: true,
    faults: ['sallyport.yaml:9:16: CONFIG_TYPE zones.partner.listen[0].names: must be a list, found "localhost"'],
  },
  {
    name: 'a wildcard name',
    file: 'gate',
    from: 'names: [localhost]',
    to: 'names: ["*.example.com"]',
    seen: true,
    faults: [
      'sallyport.yaml:9:17: CONFIG_VALUE zones.partner.listen[0].names[0]: must be a host name in lower case (international names as xn--…), without a port or a final dot, found "*.example.com"',
    ],
  },
  {
    name: 'a name in capitals',
    file: 'gate',
    from: 'names: [localhost]',
    to: 'names: [Gate.Example]',
    seen: true,
    faults: [
      'sallyport.yaml:9:17: CONFIG_VALUE zones.partner.listen[0].names[0]: must be a host name in lower case (international names as xn--…), without a port or a final dot, found "Gate.Example"',
    ],
  },
  {
    name: 'an address as a name',
    file: 'gate',
    from: 'names: [localhost]',
    to: 'names: [127.0.0.1]',
    seen: false,
    faults: [
      'sallyport.yaml:9:17: CONFIG_VALUE zones.partner.listen[0].names[0]: must be a host name in lower case (international names as xn--…), without a port or a final dot, found "127.0.0.1"',
    ],
  },
  {
    name: 'a bare key path',
    file: 'gate',
    from: '"file:pki/gate.key"',
    to: 'pki/gate.key',
    seen: true,
    faults: [
      'sallyport.yaml:10:50: CONFIG_VALUE zones.partner.listen[0].certificate.key: must refer to a file, not hold the secret (what stands there is not shown)\n  → write file:PATH',
    ],
  },
  {
    name: 'a key in an environment variable',
    file: 'gate',
    from: '"file:pki/gate.key"',
    to: 'env:GATE_KEY',
    seen: true,
    faults: [
      'sallyport.yaml:10:50: CONFIG_VALUE zones.partner.listen[0].certificate.key: must refer to a file, not hold the secret (what stands there is not shown)\n  → write file:PATH',
    ],
  },
  {
    name: 'a key pasted into the configuration',
    file: 'gate',
    from: '"file:pki/gate.key"',
    to: '"-----BEGIN PRIVATE KEY-----\\nMIIEvQ"',
    seen: true,
    faults: [
      'sallyport.yaml:10:50: CONFIG_VALUE zones.partner.listen[0].certificate.key: must refer to a file, not hold the secret (what stands there is not shown)\n  → write file:PATH',
    ],
  },
  {
    name: 'an unknown TLS profile',
    file: 'gate',
    from: 'tls: modern',
    to: 'tls: moderm',
    seen: true,
    faults: [
      'sallyport.yaml:13:10: CONFIG_VALUE zones.partner.tls: must be modern or intermediate, found "moderm"\n  → did you mean "modern"?',
    ],
  },
  {
    name: 'a number as TLS profile',
    file: 'gate',
    from: 'tls: modern',
    to: 'tls: 1.3',
    seen: true,
    faults: ['sallyport.yaml:13:10: CONFIG_VALUE zones.partner.tls: must be modern or intermediate, found 1.3'],
  },
];
