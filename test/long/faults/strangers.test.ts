import { holds } from './holds.ts';

holds([
  'slow-headers',
  'slow-bodies',
  'slow-readers',
  'idle-connections',
  'handshake-flood',
  'rapid-reset',
  'continuation-flood',
  'control-flood',
  'compression-bombs',
]);
