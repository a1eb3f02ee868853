import { holds } from './holds.ts';

holds([
  'worker-killed',
  'worker-stopped',
  'worker-loop',
  'recorder-killed',
  'recorder-stopped',
  'supervisor-killed',
  'descriptors',
]);
