/** Where a gate connects to: services and the collector of traces. */
import type { BadConfig } from './bad-config.ts';

export const UPSTREAMS: readonly BadConfig[] = [
  {
    name: 'plaintext to a name',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'http://localhost:9000',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must be https; http is only for a literal loopback address (127.0.0.0/8 or [::1]), found "http://localhost:9000"\n  → serve it over https, or name 127.0.0.1 if it is on this machine',
    ],
  },
  {
    name: 'plaintext to another machine',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'http://10.0.0.5:9000',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must be https; http is only for a literal loopback address (127.0.0.0/8 or [::1]), found "http://10.0.0.5:9000"\n  → serve it over https, or name 127.0.0.1 if it is on this machine',
    ],
  },
  {
    name: 'plaintext to an address in a second spelling',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'http://127.1:9000',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must name a host in its one canonical spelling: lower case, or a full unicast address, found "http://127.1:9000"',
    ],
  },
  {
    name: 'plaintext to a mapped loopback address',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'http://[::ffff:127.0.0.1]:9000',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must name a host in its one canonical spelling: lower case, or a full unicast address, found "http://[::ffff:127.0.0.1]:9000"',
    ],
  },
  {
    name: 'an upstream host in capitals',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'https://Orders.Internal',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must name a host in its one canonical spelling: lower case, or a full unicast address, found "https://Orders.Internal"',
    ],
  },
  {
    name: 'an upstream with a password',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'https://gate:hunter2@orders.internal',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must be a URL such as https://orders.internal:9000/base, without user, query or fragment (what stands there is not shown)',
    ],
  },
  {
    name: 'an upstream with a query',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'https://orders.internal/?a=b',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must be a URL such as https://orders.internal:9000/base, without user, query or fragment, found "https://orders.internal/?a=b"',
    ],
  },
  {
    name: 'an upstream on port 0',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'https://orders.internal:0',
    seen: false,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must have a port between 1 and 65535, found "https://orders.internal:0"',
    ],
  },
  {
    name: 'another scheme',
    file: 'gate',
    from: 'http://127.0.0.1:9000',
    to: 'ftp://orders.internal',
    seen: true,
    faults: [
      'sallyport.yaml:26:12: CONFIG_VALUE apis.orders.upstream.url: must be a URL such as https://orders.internal:9000/base, without user, query or fragment, found "ftp://orders.internal"',
    ],
  },
  {
    name: 'trust for a plaintext upstream',
    file: 'gate',
    from: '      url: http://127.0.0.1:9000',
    to: '      url: http://127.0.0.1:9000\n      trust: system',
    seen: false,
    faults: [
      'sallyport.yaml:27:7: CONFIG_VALUE apis.orders.upstream.trust: has no effect on an http upstream\n  → remove it',
    ],
  },
  {
    name: 'trust for a plaintext collector',
    file: 'gate',
    from: 'limits:',
    to: 'traces:\n  collector:\n    url: http://127.0.0.1:4318\n    trust: pki/ca.pem\nlimits:',
    seen: false,
    faults: [
      'sallyport.yaml:30:5: CONFIG_VALUE traces.collector.trust: has no effect on an http upstream\n  → remove it',
    ],
  },
  {
    name: 'a collector that would be reached in clear',
    file: 'gate',
    from: 'limits:',
    to: 'traces:\n  collector: { url: "http://collector.internal:4318" }\nlimits:',
    seen: true,
    faults: [
      'sallyport.yaml:28:21: CONFIG_VALUE traces.collector.url: must be https; http is only for a literal loopback address (127.0.0.0/8 or [::1]), found "http://collector.internal:4318"\n  → serve it over https, or name 127.0.0.1 if it is on this machine',
    ],
  },
  {
    name: 'traces for no collector, in words that are none',
    file: 'gate',
    from: 'limits:',
    to: 'traces: { share: 0.5, asked: always, every: 1h }\nlimits:',
    seen: true,
    faults: [
      'sallyport.yaml:27:1: CONFIG_MISSING traces.collector: is missing\n  → The OpenTelemetry collector, spoken to with OTLP/HTTP in JSON.',
      'sallyport.yaml:27:18: CONFIG_TYPE traces.share: must be a text, found 0.5\n  → put it in quotes',
      'sallyport.yaml:27:30: CONFIG_VALUE traces.asked: must be a rate such as 20/s, 100/1m or 5000/1h, found "always"',
      'sallyport.yaml:27:45: CONFIG_VALUE traces.every: must be between 100ms and 1m, found "1h"',
    ],
  },
  {
    name: 'an endpoint that would be reached in clear',
    file: 'gate',
    from: '      url: http://127.0.0.1:9000',
    to: '      url: http://127.0.0.1:9000\n      endpoints: [{ host: 127.0.0.2 }, { host: orders.internal }]',
    seen: false,
    faults: [
      'sallyport.yaml:27:48: CONFIG_VALUE apis.orders.upstream.endpoints[1].host: would be reached in clear, because url is http\n  → name a literal loopback address, or give url https',
    ],
  },
  {
    name: 'an endpoint with a port in its host',
    file: 'gate',
    from: '      url: http://127.0.0.1:9000',
    to: '      url: https://orders.internal\n      endpoints: [{ host: "a.orders.internal:8443" }]',
    seen: true,
    faults: [
      'sallyport.yaml:27:27: CONFIG_VALUE apis.orders.upstream.endpoints[0].host: must name a host in its one canonical spelling: lower case, or a full unicast address, found "a.orders.internal:8443"',
    ],
  },
  {
    name: 'a retry budget without a percent sign',
    file: 'gate',
    from: '      url: http://127.0.0.1:9000',
    to: '      url: http://127.0.0.1:9000\n      retry_budget: { share: "0.2" }',
    seen: true,
    faults: [
      'sallyport.yaml:27:30: CONFIG_VALUE apis.orders.upstream.retry_budget.share: must be a percentage such as 20%, from 0% to 100%, found "0.2"',
    ],
  },
  {
    name: 'a breaker that opens at nothing',
    file: 'gate',
    from: '      url: http://127.0.0.1:9000',
    to: '      url: http://127.0.0.1:9000\n      breaker: { share: 0% }',
    seen: false,
    faults: [
      'sallyport.yaml:27:25: CONFIG_VALUE apis.orders.upstream.breaker.share: must be between 1% and 100%, found "0%"',
    ],
  },
  {
    name: 'a health check without a path',
    file: 'gate',
    from: '      url: http://127.0.0.1:9000',
    to: '      url: http://127.0.0.1:9000\n      health: { interval: 5s }',
    seen: true,
    faults: [
      'sallyport.yaml:27:7: CONFIG_MISSING apis.orders.upstream.health.path: is missing\n  → What is asked of each address with GET, from the root of the host.',
    ],
  },
];
