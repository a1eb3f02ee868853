/** How each software is set up well, not at all, and as badly as it can be. */
import type { Software } from './software.ts';

export type Quality = 'good' | 'default' | 'bad';

const GOOD = 'ECDHE+AESGCM:ECDHE+CHACHA20';
const ALL = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';

/** Lines of configuration, beside the certificates. `DH` stands for the path of a file with a group of 1024 bits. */
export const SET_UPS: Readonly<Record<Software, Readonly<Record<Quality, readonly string[]>>>> = {
  nginx: {
    good: ['ssl_protocols TLSv1.2 TLSv1.3;', `ssl_ciphers ${GOOD};`, 'ssl_prefer_server_ciphers on;'],
    default: [],
    bad: ['ssl_protocols SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;', `ssl_ciphers ${ALL};`, 'ssl_dhparam DH;'],
  },
  apache: {
    good: ['SSLProtocol -all +TLSv1.2 +TLSv1.3', `SSLCipherSuite ${GOOD}`, 'SSLHonorCipherOrder on'],
    default: [],
    bad: ['SSLProtocol all +TLSv1 +TLSv1.1', `SSLCipherSuite ${ALL}`, 'SSLOpenSSLConfCmd DHParameters DH'],
  },
  haproxy: {
    good: ['ssl-default-bind-options ssl-min-ver TLSv1.2', `ssl-default-bind-ciphers ${GOOD}`],
    default: [],
    bad: [
      'ssl-default-bind-options ssl-min-ver TLSv1.0',
      `ssl-default-bind-ciphers ${ALL}`,
      'tune.ssl.default-dh-param 1024',
    ],
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
      'smtpd_tls_dh1024_param_file = DH',
    ],
  },
};

/** With the file of the small group in its place. */
export function linesOf(software: Software, quality: Quality, dh_file: string): string[] {
  return SET_UPS[software][quality].map((line) => line.replace(/\bDH\b(?=;?$)/, dh_file));
}
