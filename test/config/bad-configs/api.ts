/** Groups, zones, paths. */
import type { BadConfig } from './bad-config.ts';

export const APIS: readonly BadConfig[] = [
  {
    name: 'a group that is not there',
    file: 'gate',
    from: 'in: [partners]',
    to: 'in: [partner]',
    seen: false,
    faults: [
      'sallyport.yaml:16:21: CONFIG_REFERENCE groups.suppliers.in[0]: there is no group "partner"\n  → did you mean "partners"?',
    ],
  },
  {
    name: 'a group that belongs to itself',
    file: 'gate',
    from: '  partners: {}',
    to: '  partners: { in: [suppliers] }',
    seen: false,
    faults: [
      'sallyport.yaml:16:21: CONFIG_VALUE groups.suppliers.in[0]: group "suppliers" belongs to itself through "partners"',
      'sallyport.yaml:17:20: CONFIG_VALUE groups.partners.in[0]: group "partners" belongs to itself through "suppliers"',
    ],
  },
  {
    name: 'a zone that is not there',
    file: 'gate',
    from: 'zones: [partner]',
    to: 'zones: [partners]',
    seen: false,
    faults: [
      'sallyport.yaml:23:13: CONFIG_REFERENCE apis.orders.zones[0]: there is no zone "partners"\n  → did you mean "partner"?',
    ],
  },
  {
    name: 'an API without zones',
    file: 'gate',
    from: 'zones: [partner]',
    to: 'zones: []',
    seen: true,
    faults: ['sallyport.yaml:23:12: CONFIG_VALUE apis.orders.zones: must hold at least one item'],
  },
  {
    name: 'a path without its slash',
    file: 'gate',
    from: 'path: /orders-api',
    to: 'path: orders-api',
    seen: true,
    faults: [
      'sallyport.yaml:24:11: CONFIG_VALUE apis.orders.path: must be a path such as /orders-api: segments of letters, digits, hyphen, dot, underscore and tilde, found "orders-api"',
    ],
  },
  {
    name: 'a path with a final slash',
    file: 'gate',
    from: 'path: /orders-api',
    to: 'path: /orders-api/',
    seen: true,
    faults: [
      'sallyport.yaml:24:11: CONFIG_VALUE apis.orders.path: must be a path such as /orders-api: segments of letters, digits, hyphen, dot, underscore and tilde, found "/orders-api/"',
    ],
  },
  {
    name: 'a path with dot segments',
    file: 'gate',
    from: 'path: /orders-api',
    to: 'path: /orders/../admin',
    seen: true,
    faults: [
      'sallyport.yaml:24:11: CONFIG_VALUE apis.orders.path: must be a path such as /orders-api: segments of letters, digits, hyphen, dot, underscore and tilde, found "/orders/../admin"',
    ],
  },
];
