import { linesWhere, type SourceRule } from './source-rule.ts';
import { type Import, isCallOf } from './syntax.ts';

const NETWORK = /^(net|tls|https?|http2|dgram|dns|dns\/promises|undici(\/.*)?|ws)$/;
const GLOBALS = ['fetch', 'WebSocket', 'EventSource'];

/** Names of those modules that open nothing. */
const HARMLESS = new Set([
  'isIP',
  'isIPv4',
  'isIPv6',
  'BlockList',
  'SocketAddress',
  'checkServerIdentity',
  'createSecureContext',
  'getCACertificates',
  'rootCertificates',
  'setDefaultResultOrder',
]);

function opensSockets({ module, names }: Import): boolean {
  // Whoever can require can require any of them.
  if (module === 'module') return names.some((name) => name === 'createRequire' || name === '*');
  return NETWORK.test(module) && names.some((name) => !HARMLESS.has(name));
}

export const network: SourceRule = {
  id: 'one-way-out',
  statement: 'only core/resolver opens connections',
  allowed: {
    'src/core/resolver/': 'the only way out',
    'src/channels/api/listener/': 'creates the servers and never dials',
    'src/processes/link.ts': 'a pair of Unix sockets for two processes of the gate',
    'src/processes/supervisor-channel.ts': 'takes up an inherited descriptor and never dials',
    'src/processes/sockets.ts': 'binds the ports that workers listen on',
    'src/channels/api/upstream/': 'undici, given the resolver’s dialler as its connect',
    'src/admin/open-admin.ts': 'listens on a Unix socket or a literal loopback address and never dials',
    'src/admin/socket-file.ts': 'asks whether anybody listens on a Unix socket',
    'src/admin/ask-admin.ts':
      'the command line asks the gate of this machine: a Unix socket or a literal loopback address',
  },
  offences: (syntax) => [
    ...syntax.imports.filter(opensSockets).map(({ line }) => line),
    ...linesWhere(syntax, (node) => GLOBALS.some((name) => isCallOf(node, name))),
  ],
  bad: [
    "import net from 'node:net';",
    "import * as net from 'node:net';",
    "import { isIP, connect as dial } from 'node:net';",
    "import { connect } from 'tls';",
    "import { createRequire } from 'node:module';",
    "export { request } from 'node:https';",
    "const { Agent } = await import('undici');",
    "import Client from 'undici/lib/dispatcher/client.js';",
    "await fetch('https://example.org');",
  ],
  good: [
    "import type { Socket } from 'node:net';",
    "import { type Socket } from 'node:net';",
    'cache.fetch(1);',
    "import { isIP } from 'node:net';",
    "import { getCompileCacheDir } from 'node:module';",
  ],
};
