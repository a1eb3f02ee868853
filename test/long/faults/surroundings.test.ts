import { holds } from './holds.ts';

holds([
  'disk-full',
  'disk-read-only',
  'clock',
  'upstream-flapping',
  'gate-certificate',
  'client-certificate',
  'trust-withdrawn',
]);
