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
/** The names of a certificate of one chain among several lie deepest. */
const MAX_DEPTH = 8;

/** Whatever the report says, by the names it has there: what is added to it appears here by itself. */
function tree(value: unknown, depth: number): Html {
  if (depth > MAX_DEPTH) return html`…`;
  if (Array.isArray(value)) return listOf(value, depth);
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([key, member]) => row(key, tree(member, depth + 1)));
    return depth === 0 ? html`<dl class="tree">${rows}</dl>` : html`<dl>${rows}</dl>`;
  }
  if (value === null) return html`<span class="soft">not known, or none</span>`;
  if (typeof value === 'boolean') return html`${value ? 'yes' : 'no'}`;
  return name(String(value));
}

/** What has parts of its own stands below its name: beside it there would be no room for what lies deep. */
function row(key: string, value: Html): Html {
  const kind = /^<[do]l>/.test(value.text) ? html` class="parts"` : NOTHING;
  return html`<dt${kind}>${label(key)}</dt><dd${kind}>${value}</dd>
`;
}

function listOf(items: readonly unknown[], depth: number): Html {
  if (items.length === 0) return html`<span class="soft">none</span>`;
  const [first] = items;
  if (items.length === 1) return tree(first, depth + 1);
  return html`<ol>${items.slice(0, MAX_ITEMS).map((item) => html`<li>${tree(item, depth + 1)}</li>`)}</ol>`;
}

/** Of the words in the names of members, those that are written otherwise. */
const WORDS: Readonly<Record<string, string>> = {
  alpn: 'ALPN',
  ca: 'CA',
  dns: 'DNS',
  http: 'HTTP',
  id: 'ID',
  ip: 'IP',
  mac: 'MAC',
  ocsp: 'OCSP',
  scsv: 'SCSV',
  scts: 'SCTs',
  sha256: 'SHA-256',
  ssl2: 'SSL 2.0',
  tls13: 'TLS 1.3',
  url: 'URL',
};

function label(key: string): string {
  const text = key
    .split('_')
    .map((word) => WORDS[word] ?? word)
    .join(' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
