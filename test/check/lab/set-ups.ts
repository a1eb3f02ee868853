/** How each software is set up well, not at all, as badly as it can be, with a small group, and with nothing but old versions. */
import type { Software } from './software.ts';

export type Quality = 'good' | 'default' | 'bad' | 'small-dh' | 'old';

const GOOD = 'ECDHE+AESGCM:ECDHE+CHACHA20';
const ALL = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';

/** Lines of configuration, beside the certificates; none where it cannot be had. `DH` stands for the path of a file with a group of 1024 bits. */
export const SET_UPS: Readonly<Record<Software, Readonly<Record<Quality, readonly string[]>>>> = {
  nginx: {
    good: ['ssl_protocols TLSv1.2 TLSv1.3;', `ssl_ciphers ${GOOD};`, 'ssl_prefer_server_ciphers on;'],
    default: [],
    bad: ['ssl_protocols SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;', `ssl_ciphers ${ALL};`],
    'small-dh': ['ssl_protocols TLSv1.2;', 'ssl_ciphers DHE:@SECLEVEL=0;', 'ssl_dhparam DH;'],
    old: ['ssl_protocols TLSv1 TLSv1.1;', `ssl_ciphers ${ALL};`],
  },
  apache: {
    good: ['SSLProtocol -all +TLSv1.2 +TLSv1.3', `SSLCipherSuite ${GOOD}`, 'SSLHonorCipherOrder on'],
    default: [],
    bad: ['SSLProtocol all +TLSv1 +TLSv1.1', `SSLCipherSuite ${ALL}`],
    'small-dh': [],
    old: ['SSLProtocol -all +TLSv1 +TLSv1.1', `SSLCipherSuite ${ALL}`],
  },
  haproxy: {
    good: ['ssl-default-bind-options ssl-min-ver TLSv1.2', `ssl-default-bind-ciphers ${GOOD}`],
    default: [],
    bad: ['ssl-default-bind-options ssl-min-ver TLSv1.0', `ssl-default-bind-ciphers ${ALL}`],
    'small-dh': [],
    old: ['ssl-default-bind-options ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.1', `ssl-default-bind-ciphers ${ALL}`],
  },
  caddy: {
    good: ['tls {', '  protocols tls1.2 tls1.3', '}'],
    default: [],
    bad: [
      'tls {',
      '  protocols tls1.2 tls1.2',
      '  ciphers TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA TLS_RSA_WITH_AES_128_CBC_SHA',
      '}',
    ],
    'small-dh': [],
    old: [],
  },
  postfix: {
    good: [
      'smtpd_tls_protocols = >=TLSv1.2',
      'smtpd_tls_mandatory_protocols = >=TLSv1.2',
      'smtpd_tls_ciphers = high',
      'smtpd_tls_mandatory_ciphers = high',
      'smtpd_tls_exclude_ciphers = aNULL, kRSA, kDH, kECDH',
    ],
    default: [],
    bad: [
      'smtpd_tls_protocols = >=SSLv3',
      'smtpd_tls_mandatory_protocols = >=SSLv3',
      'smtpd_tls_ciphers = export',
      'smtpd_tls_mandatory_ciphers = export',
      `tls_export_cipherlist = ${ALL}`,
    ],
    'small-dh': [
      'smtpd_tls_mandatory_ciphers = export',
      `tls_export_cipherlist = ${ALL}`,
      'smtpd_tls_dh1024_param_file = DH',
    ],
    old: [
      'smtpd_tls_protocols = >=TLSv1, <=TLSv1.1',
      'smtpd_tls_mandatory_protocols = >=TLSv1, <=TLSv1.1',
      'smtpd_tls_ciphers = export',
      'smtpd_tls_mandatory_ciphers = export',
      `tls_export_cipherlist = ${ALL}`,
    ],
  },
};

/** With the file of the small group in its place. */
export function linesOf(software: Software, quality: Quality, dh_file: string): string[] {
  return SET_UPS[software][quality].map((line) => line.replace(/\bDH\b(?=;?$)/, dh_file));
}

/** Settings that two lines may have side by side, told apart by their second word. */
const NAMED_BY_TWO = new Set(['SSLOpenSSLConfCmd']);

const LEAVE_OUT = /^# leave (.+) out$/;

/** As its user would put a remedy in: a line takes the place of the one that sets the same, a block what is in it. */
export function withRemedy(lines: readonly string[], remedy: readonly string[]): string[] {
  const gone = remedy.flatMap((line) => LEAVE_OUT.exec(line)?.[1] ?? []);
  const inner = remedy.filter((line) => line.startsWith('  '));
  const outer = remedy.filter((line) => !/^(}$| {2}|#)/.test(line));
  const set = new Set([...gone, ...[...inner, ...outer].map(setting)]);
  const kept = lines.filter((line) => !set.has(setting(line)));
  if (inner.length === 0) return [...kept, ...outer];
  const [block = ''] = outer;
  if (!lines.includes(block)) return [...kept, ...remedy];
  const old = lines.filter((line) => line.startsWith('  ') && kept.includes(line));
  return [...kept.filter((line) => line !== '}' && !line.startsWith('  ')), block, ...old, ...inner, '}'];
}

function setting(line: string): string {
  const [first = '', second = ''] = line.trim().split(/\s+/);
  return NAMED_BY_TWO.has(first) ? `${first} ${second}` : first;
}
