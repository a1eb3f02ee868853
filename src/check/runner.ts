import { type Address, DialError } from '../core/resolver/index.ts';
import { checkEndpoint, uncheckedTarget } from './check-endpoint.ts';
import type { CheckListener, CheckOptions, CheckPorts } from './check-options.ts';
import { inOrder } from './in-order.ts';
import { type Problem, problemOf } from './problem.ts';
import type { ReportTail, TargetReport, Verdict } from './report/report.ts';
import { SharedKeys } from './shared-keys.ts';
import { SlotsByAddress } from './slots-by-address.ts';
import type { Target } from './target.ts';

/** Mail servers mind many connections of one client. */
const MAX_DIALOGUES = 2;

/** Checks the TLS of each target. Never throws for what a target does; what the listener throws ends it. */
export async function checkTls(
  options: CheckOptions,
  { onBegin, onTarget }: CheckListener,
  ports: CheckPorts,
): Promise<ReportTail> {
  const made_at = new Date(ports.wall_clock()).toISOString();
  const { policy, targets, at_once, parallel } = options;
  const slots = new SlotsByAddress(parallel);
  const dialogues = new SlotsByAddress(Math.min(parallel, MAX_DIALOGUES));
  const keys = new SharedKeys();
  const counts = { good: 0, findings: 0, unfinished: 0 };
  await onBegin({ format: 'sallyport-check', version: 1, made_by: ports.made_by, made_at, policy: policy.id });
  for await (const reports of inOrder(targets, at_once, (target) =>
    checkTarget(target, options, target.starttls === null ? slots : dialogues, ports),
  )) {
    for (const report of reports) {
      counts[report.verdict]++;
      keys.add(report);
      await onTarget(report);
    }
  }
  return { across: keys.found(), counts, verdict: worst(counts) };
}

/** More than any name needs that is not out for mischief. */
const MAX_ADDRESSES = 16;

/** A report for each address of the target. */
async function checkTarget(
  target: Target,
  options: CheckOptions,
  slots: SlotsByAddress,
  ports: CheckPorts,
): Promise<TargetReport[]> {
  const found = await addressesOf(target, options.timeout_ms, ports);
  if (!Array.isArray(found)) return [uncheckedTarget(target, found)];
  const wanted = found.slice(0, options.addresses === 'first' ? 1 : MAX_ADDRESSES);
  const reports: TargetReport[] = [];
  for (const address of wanted) {
    const report = await slots.use(address.address, (free) =>
      checkEndpoint({ target, address, addresses: found.length, slots: free }, options, ports),
    );
    reports.push(report);
  }
  return reports;
}

async function addressesOf(
  { host, address }: Target,
  timeout_ms: number,
  ports: CheckPorts,
): Promise<Address[] | Problem> {
  try {
    const { addresses } = await ports.resolve(address ?? host, timeout_ms);
    return [...addresses];
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    return problemOf('no-address', `the name has no address (${error.reason})`);
  }
}

function worst({ findings, unfinished }: ReportTail['counts']): Verdict {
  if (findings > 0) return 'findings';
  return unfinished > 0 ? 'unfinished' : 'good';
}
