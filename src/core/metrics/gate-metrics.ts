/**
 * Every metric of a gate. docs/metrics.md is held to this list by a test.
 *
 * Their labels are names of the configuration and the contracts, and words of closed unions. Nothing a caller sends is a
 * label: not a path, not an address, not a name in a certificate.
 */
import { counter, gauge, histogram, type MetricDefinition } from './definition.ts';

/** From ten microseconds, which a step of plain computing takes, to a minute, the most an exchange usually may. */
const SECONDS = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10, 30, 60,
];

/** Contracts may declare thousands of operations; beyond this many series their names become `other`. */
const BY_OPERATION = { max_series: 10_000, folds: ['operation'] };
const BY_OPERATION_HISTOGRAM = { max_series: 1000, folds: ['operation'] };

export const METRICS = {
  // Counted in the processes that carry exchanges.
  exchanges: counter('sallyport_exchanges_total', {
    help: 'Exchanges that ended and are on record; code is none where allowed, operation is none where none matched.',
    labels: ['zone', 'operation', 'verdict', 'code'],
    ...BY_OPERATION,
  }),
  exchange_seconds: histogram('sallyport_exchange_duration_seconds', SECONDS, {
    help: 'From the head of a request to its verdict: the steps admit to filter, without the wait for the record.',
    labels: ['operation'],
    ...BY_OPERATION_HISTOGRAM,
  }),
  step_seconds: histogram('sallyport_step_duration_seconds', SECONDS, {
    help: 'Time in each step that ran, waits included: validate waits for the body, forward for the service.',
    labels: ['step'],
  }),
  record_seconds: histogram('sallyport_record_duration_seconds', SECONDS, {
    help: 'How long an outcome waited until it was on disk; one at a time is measured.',
  }),
  request_bytes: counter('sallyport_request_bytes_total', {
    help: 'Bytes of request bodies that came in.',
    labels: ['operation'],
    ...BY_OPERATION,
  }),
  response_bytes: counter('sallyport_response_bytes_total', {
    help: 'Bytes of answer bodies that went out.',
    labels: ['operation'],
    ...BY_OPERATION,
  }),
  guard_findings: counter('sallyport_guard_findings_total', {
    help: 'What guards found in requests and answers.',
    labels: ['guard', 'rule', 'action'],
  }),
  unrecorded: counter('sallyport_unrecorded_outcomes_total', {
    help: 'Outcomes that could not be recorded; their exchanges were refused and are counted nowhere else.',
  }),
  recorder_lag: gauge('sallyport_recorder_lag_seconds', {
    help: 'Age of the oldest outcome known to wait for the disk; 0 where none does.',
    merge: 'max',
  }),
  connections: gauge('sallyport_connections', { help: 'Open connections of callers.', labels: ['zone'] }),
  trace_spans_exported: counter('sallyport_trace_spans_exported_total', {
    help: 'Spans that the collector took; absent, as all about traces, where none is configured.',
  }),
  trace_spans_dropped: counter('sallyport_trace_spans_dropped_total', {
    help: 'Spans that were not exported: full, refused, rejected, unsent or ended.',
    labels: ['reason'],
  }),
  trace_queue: gauge('sallyport_trace_queue_bytes', { help: 'What waits for the collector.' }),
  trace_failing: gauge('sallyport_trace_collector_failing', {
    help: 'Workers from which the collector takes nothing, by what they told the operator last.',
  }),

  // Of each process.
  event_loop: gauge('sallyport_event_loop_delay_seconds', {
    help: 'How late the event loop was within the last seconds, by share of its turns; 1 is the worst.',
    labels: ['share'],
    merge: 'process',
  }),
  cpu: counter('sallyport_process_cpu_seconds_total', {
    help: 'CPU time the process has used, in user and system mode.',
    merge: 'process',
  }),
  resident: gauge('sallyport_process_resident_memory_bytes', { help: 'Memory the process holds.', merge: 'process' }),
  heap: gauge('sallyport_process_heap_bytes', {
    help: 'Of this, what JavaScript objects use.',
    merge: 'process',
  }),
  external: gauge('sallyport_process_external_memory_bytes', {
    help: 'Of this, buffers outside of the heap.',
    merge: 'process',
  }),
  descriptors: gauge('sallyport_process_open_descriptors', {
    help: 'Open file descriptors, connections among them; absent where the system does not tell.',
    merge: 'process',
  }),
  descriptors_max: gauge('sallyport_process_max_descriptors', {
    help: 'How many it may open; absent where the system does not tell.',
    merge: 'process',
  }),

  // Of the gate as a whole, made from its status.
  build: gauge('sallyport_build_info', { help: 'Always 1; the label is the version.', labels: ['version'] }),
  plan: gauge('sallyport_plan_info', {
    help: 'Always 1; the label begins the digest of the plan in force. Gates of one configuration show the same.',
    labels: ['plan'],
  }),
  ready: gauge('sallyport_ready', { help: '1 where the gate takes exchanges, else 0.' }),
  not_ready: gauge('sallyport_not_ready', {
    help: '1 for each reason why the gate takes no exchange.',
    labels: ['reason'],
  }),
  started: gauge('sallyport_start_time_seconds', { help: 'When the gate started, in Unix time.' }),
  log_open: gauge('sallyport_log_open', { help: '1 where the audit log takes records, else 0: then nothing passes.' }),
  reloads: counter('sallyport_reloads_total', {
    help: 'Reloads that were asked for, by what came of them: switched or refused.',
    labels: ['result'],
  }),
  last_reload_refused: gauge('sallyport_last_reload_refused', {
    help: '1 where the files, when they were last read, did not load: the plan in force is older than they are.',
  }),
  processes: gauge('sallyport_processes', { help: 'Processes of the gate that run.', labels: ['kind'] }),
  restarts: counter('sallyport_process_restarts_total', {
    help: 'Processes that ended by themselves and were started again.',
    labels: ['kind'],
  }),
  certificate_left: gauge('sallyport_certificate_remaining_seconds', {
    help: 'Seconds until the first certificate of a listener, a trust bundle, the trust of an upstream or of the collector of traces expires; negative after that.',
    labels: ['use', 'zone', 'name'],
    merge: 'min',
  }),
  upstream_addresses: gauge('sallyport_upstream_addresses', {
    help: 'Addresses of an upstream by how they are judged: serving, returning, on-trial, ejected or failing.',
    labels: ['upstream', 'state'],
  }),
  upstream_breaker: gauge('sallyport_upstream_breaker', {
    help: 'Circuit breaker of an upstream: 1 at the state it is in, closed, half-open or open.',
    labels: ['upstream', 'state'],
  }),
  upstream_connections: gauge('sallyport_upstream_connections', {
    help: 'Open connections to an upstream.',
    labels: ['upstream'],
  }),
  upstream_waiting: gauge('sallyport_upstream_waiting', {
    help: 'Requests that wait for a connection to an upstream.',
    labels: ['upstream'],
  }),
  folded: counter('sallyport_metrics_folded_total', {
    help: 'How often a metric had so many series that a value was counted under other.',
    labels: ['metric'],
  }),
} as const satisfies Record<string, MetricDefinition>;
