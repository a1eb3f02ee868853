/** What was found at an endpoint in two reports, at any address of it, and differs in substance. */
import type { Endpoint } from './compare-endpoints.ts';
import type { TlsReport } from './report.ts';

/** A place of the evidence, such as `versions.TLS 1.2.groups.names`, by what came and what went. */
export interface Changed {
  readonly target: string;
  readonly what: string;
  /** Of a preference that changed, the one there is now: the members that differ, the preferred first, in one text. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Of two that answered. The order of a list counts where the server prefers what comes first, and nowhere else. */
export function changedEvidence(was: Endpoint, now: Endpoint): Changed[] {
  const [earlier] = was.tls;
  const [later] = now.tls;
  if (earlier === undefined || later === undefined) return [];
  const before = flattened(was.tls.map(withoutWords));
  const after = flattened(now.tls.map(withoutWords));
  const members = [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [old_values, new_values] = [before.get(what) ?? NONE, after.get(what) ?? NONE];
    if (tellsNothing(old_values) || tellsNothing(new_values)) return [];
    // What a list lacks that broke off may be there all the same.
    const added = isCut(what, before) ? [] : [...new_values].filter((value) => !old_values.has(value));
    const removed = isCut(what, after) ? [] : [...old_values].filter((value) => !new_values.has(value));
    return added.length + removed.length === 0 ? [] : [{ target: now.target, what, added, removed }];
  });
  return [...members, ...changedPreferences(earlier, later).map((one) => ({ target: now.target, ...one }))];
}

type Places = ReadonlyMap<string, ReadonlySet<string>>;

const NONE: ReadonlySet<string> = new Set();

/** What was not answered is not what the endpoint is like. */
function tellsNothing(values: ReadonlySet<string>): boolean {
  return values.size === 1 && values.has('unknown');
}

function isCut(what: string, places: Places): boolean {
  if (!what.endsWith('.names')) return false;
  return places.get(what.replace(/names$/, 'complete'))?.has('false') ?? false;
}

/** How a server says no to a version is none of its properties, and differs from day to day. */
function withoutWords(tls: TlsReport): object {
  return { ...tls, versions: tls.versions.map(({ reason: _reason, ...version }) => version) };
}

/**
 * Whatever a report has as evidence, each place with the values found there. Members of a list go by their name where they
 * have one, so that a version is compared with itself; a certificate goes by its digest.
 */
function flattened(evidence: object): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const walk = (value: unknown, path: string) => {
    if (OF_EACH_RESPONSE.has(path)) return;
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}${labelOf(item)}`);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value))
        if (key !== 'name') walk(member, path === '' ? key : `${path}.${key}`);
    } else if (value !== null) found.set(path, (found.get(path) ?? new Set()).add(String(value)));
  };
  walk(evidence, '');
  return found;
}

/** Times of OCSP responses, of which there is a new one every few days. */
const OF_EACH_RESPONSE: ReadonlySet<string> = new Set(
  ['produced_at', 'this_update', 'next_update'].map((name) => `chains.staples.${name}`),
);

function labelOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return '';
  if ('name' in item) return `.${String(item.name)}`;
  return 'cipher_suite' in item ? `.${String(item.cipher_suite)}` : '';
}

/** Versions in which the server chooses among the same cipher suites as before, and prefers others of them. */
function changedPreferences(was: TlsReport, now: TlsReport): Omit<Changed, 'target'>[] {
  const by_name = new Map(was.versions.toReversed().map((version) => [version.name, version]));
  return now.versions.flatMap((version) => {
    const earlier = by_name.get(version.name);
    if (earlier?.order !== 'server' || version.order !== 'server') return [];
    const [before, after] = [earlier.cipher_suites.names, version.cipher_suites.names];
    if (new Set([...before, ...after]).size !== before.length || before.length !== after.length) return [];
    const differs = (name: string, index: number) => name !== before[index];
    const first = after.findIndex(differs);
    if (first < 0) return [];
    const end = after.findLastIndex(differs) + 1;
    const text = (names: readonly string[]) => [names.slice(first, end).join(', ')];
    return [{ what: `versions.${version.name}.cipher_suites.preference`, added: text(after), removed: text(before) }];
  });
}
