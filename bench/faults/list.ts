/** Every fault, in the order they are run. */
import type { Fault } from './fault.ts';
import { CLIENT_CERTIFICATE, GATE_CERTIFICATE } from './faults/certificates.ts';
import { CLOCK } from './faults/clock.ts';
import { COMPRESSION_BOMBS } from './faults/compression-bombs.ts';
import { DESCRIPTORS } from './faults/descriptors.ts';
import { DISK_FULL } from './faults/disk-full.ts';
import { DISK_READ_ONLY } from './faults/disk-read-only.ts';
import { HANDSHAKE_FLOOD } from './faults/handshake-flood.ts';
import { CONTINUATION_FLOOD, CONTROL_FLOOD, RAPID_RESET } from './faults/http2-floods.ts';
import { IDLE_CONNECTIONS } from './faults/idle-connections.ts';
import { RECORDER_KILLED, SUPERVISOR_KILLED, WORKER_KILLED } from './faults/killed.ts';
import { SLOW_BODIES } from './faults/slow-bodies.ts';
import { SLOW_HEADERS } from './faults/slow-headers.ts';
import { SLOW_READERS } from './faults/slow-readers.ts';
import { RECORDER_STOPPED, WORKER_LOOP, WORKER_STOPPED } from './faults/stuck.ts';
import { TRUST_WITHDRAWN } from './faults/trust-withdrawn.ts';
import { UPSTREAM_FLAPPING } from './faults/upstream-flapping.ts';

export const FAULTS: readonly Fault[] = [
  SLOW_HEADERS,
  SLOW_BODIES,
  SLOW_READERS,
  IDLE_CONNECTIONS,
  HANDSHAKE_FLOOD,
  RAPID_RESET,
  CONTINUATION_FLOOD,
  CONTROL_FLOOD,
  COMPRESSION_BOMBS,
  WORKER_KILLED,
  WORKER_STOPPED,
  WORKER_LOOP,
  RECORDER_KILLED,
  RECORDER_STOPPED,
  SUPERVISOR_KILLED,
  DISK_FULL,
  DISK_READ_ONLY,
  DESCRIPTORS,
  CLOCK,
  UPSTREAM_FLAPPING,
  GATE_CERTIFICATE,
  CLIENT_CERTIFICATE,
  TRUST_WITHDRAWN,
];
