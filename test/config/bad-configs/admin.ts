/** Of the admin listener. */
import type { BadConfig } from './bad-config.ts';

export const ADMIN: readonly BadConfig[] = [
  {
    name: 'an admin listener on an address that others reach',
    file: 'gate',
    from: 'limits:\n',
    to: 'admin: { listen: ["0.0.0.0:9464"] }\nlimits:\n',
    seen: true,
    faults: [
      'sallyport.yaml:27:19: CONFIG_VALUE admin.listen[0]: must be unix, or 127.0.0.1 or [::1] with a port, such as 127.0.0.1:9464, found "0.0.0.0:9464"',
    ],
  },
  {
    name: 'an admin listener on a name instead of an address',
    file: 'gate',
    from: 'limits:\n',
    to: 'admin: { listen: ["localhost:9464"] }\nlimits:\n',
    seen: true,
    faults: [
      'sallyport.yaml:27:19: CONFIG_VALUE admin.listen[0]: must be unix, or 127.0.0.1 or [::1] with a port, such as 127.0.0.1:9464, found "localhost:9464"',
    ],
  },
  {
    name: 'an admin listener on a port that there is not',
    file: 'gate',
    from: 'limits:\n',
    to: 'admin: { listen: ["127.0.0.1:65536"] }\nlimits:\n',
    seen: false,
    faults: [
      'sallyport.yaml:27:19: CONFIG_VALUE admin.listen[0]: must be unix, or 127.0.0.1 or [::1] with a port, such as 127.0.0.1:9464, found "127.0.0.1:65536"',
    ],
  },
  {
    name: 'an admin listener nowhere',
    file: 'gate',
    from: 'limits:\n',
    to: 'admin: { listen: [] }\nlimits:\n',
    seen: true,
    faults: ['sallyport.yaml:27:18: CONFIG_VALUE admin.listen: must hold at least one item'],
  },
  {
    name: 'an admin listener on two sockets',
    file: 'gate',
    from: 'limits:\n',
    to: 'admin: { listen: [unix, unix] }\nlimits:\n',
    seen: false,
    faults: [
      'sallyport.yaml:27:18: CONFIG_VALUE admin.listen: must name at most four places, and unix once, found a list',
    ],
  },
];
