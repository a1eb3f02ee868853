/** All that was found at an endpoint, for the engineer: a part of the page that grows with the report. */
import { type Html, html, NOTHING, name, plural } from './html-parts.ts';
import type { TlsReport } from './report.ts';

type Version = TlsReport['versions'][number];

export function evidenceOf(tls: TlsReport): Html {
  const { versions, ...rest } = tls;
  return html`<details><summary>Versions and cipher suites</summary>${versionTable(versions)}</details>
<details><summary>Extensions, keys and certificates</summary>${tree(rest, 0)}</details>
`;
}

function versionTable(versions: readonly Version[]): Html {
  return html`<table><thead><tr><th scope="col">Version</th><th scope="col">What it takes</th></tr></thead><tbody>${versions.map(
    (version) => html`<tr><th scope="row">${version.name}</th><td>${taken(version)}</td></tr>
`,
  )}</tbody></table>`;
}

const ORDERS: Readonly<Record<Version['order'], string>> = {
  server: 'The server chooses.',
  client: 'The client chooses.',
  one: '',
  unknown: '',
};

function taken({ acceptance, reason, cipher_suites, order, groups }: Version): Html {
  if (acceptance !== 'accepted') {
    const why = reason === null ? '' : ` (${reason})`;
    return html`<span class="soft">${acceptance === 'refused' ? 'Refused' : 'Not known'}${why}</span>`;
  }
  const cut = cipher_suites.complete && groups.complete ? '' : ' The server stopped answering before it had said no.';
  const lines = (names: readonly string[]) =>
    html`<ul class="facts mono">${names.slice(0, MAX_ITEMS).map((one) => html`<li>${name(one)}</li>`)}</ul>`;
  const with_groups =
    groups.names.length === 0 ? NOTHING : html`<p>${plural(groups.names.length, 'group')}</p>${lines(groups.names)}`;
  const count = plural(cipher_suites.names.length, 'cipher suite');
  return html`${count}. ${ORDERS[order]}${cut}${lines(cipher_suites.names)}${with_groups}`;
}

const MAX_ITEMS = 400;
const MAX_DEPTH = 6;

/** Whatever the report says, by the names it has there: what is added to it appears here by itself. */
function tree(value: unknown, depth: number): Html {
  if (depth > MAX_DEPTH) return html`…`;
  if (Array.isArray(value)) return listOf(value, depth);
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(
        ([key, member]) => html`<dt>${label(key)}</dt><dd>${tree(member, depth + 1)}</dd>
`,
      );
    return depth === 0 ? html`<dl class="tree">${rows}</dl>` : html`<dl>${rows}</dl>`;
  }
  if (value === null) return html`<span class="soft">not known, or none</span>`;
  if (typeof value === 'boolean') return html`${value ? 'yes' : 'no'}`;
  return name(String(value));
}

function listOf(items: readonly unknown[], depth: number): Html {
  if (items.length === 0) return html`<span class="soft">none</span>`;
  const [first] = items;
  if (items.length === 1) return tree(first, depth + 1);
  return html`<ol>${items.slice(0, MAX_ITEMS).map((item) => html`<li>${tree(item, depth + 1)}</li>`)}</ol>`;
}

const NAMES: Readonly<Record<string, string>> = { alpn: 'ALPN', sha256: 'SHA-256', http: 'HTTP', ocsp: 'OCSP' };

function label(key: string): string {
  const text = key.replaceAll('_', ' ');
  return NAMES[key] ?? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
