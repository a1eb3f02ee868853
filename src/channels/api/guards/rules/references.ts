/** Text that makes a service behind the gate open something: files, addresses of its own network, entities, markup. */
import { latin1, patternRule, type Rule, type Span } from '../rule.ts';
import type { RequestGuard } from '../settings.ts';

const SEPARATOR = String.raw`(?:[\\/]|%2f|%5c|%c0%af|%252f|%255c){1,3}`;
const STEP = `(?:\\.\\.|%2e%2e|\\.%2e|%2e\\.|%c0%ae%c0%ae|%252e%252e)${SEPARATOR}`;

const PATHS: readonly Rule[] = [
  patternRule({
    id: 'path-target',
    guard: 'attacks',
    anchors: [
      'etc/passwd',
      'etc/shadow',
      'etc%0fpasswd',
      'etc%0fshadow',
      'etc\\passwd',
      'proc/self/',
      'win.ini',
      'boot.ini',
      'system00',
      'web-inf',
      '.ssh/',
      '.aws/',
      '.htpasswd',
      'windows/',
      'windows\\',
      'etc/hosts',
      '/etc/',
      'c:\\',
      'c:/',
    ],
    pattern: new RegExp(
      `(?:${STEP}){2,16}(?:[^\\s'"<>]{0,40}[\\\\/])?(?:etc${SEPARATOR}(?:passwd|shadow|hosts|group|issue)|proc${SEPARATOR}self|windows${SEPARATOR}|winnt${SEPARATOR}|(?:boot|win|system)\\.ini|system32|web-inf|\\.ssh|\\.aws|\\.htpasswd)|` +
        `^(?:file:/{2,3})?(?:[a-z]:)?[\\\\/]{1,4}(?:etc[\\\\/]+(?:passwd|shadow|hosts|group|issue)|proc[\\\\/]+self[\\\\/]+(?:environ|cmdline|fd|maps)|(?:windows|winnt)[\\\\/]+(?:win\\.ini|system32|system\\.ini)|boot\\.ini)|[\\\\/]etc[\\\\/](?:passwd|shadow)(?:%00|\\0)`,
      'i',
    ),
    before: 160,
    behind: 48,
  }),
  patternRule({
    id: 'path-steps',
    guard: 'suspicions',
    anchors: [
      '../../../',
      '..\\..\\..\\',
      '..%0f..%0f',
      '..%0c..%0c',
      '%0e%0e%0f',
      '....//',
      '..;/',
      '%c0%ae',
      '%000e',
      '..//',
      '..\\/',
    ],
    pattern: new RegExp(
      `(?:${STEP}){3,}|(?:\\.{4}[\\\\/]{2}){2,}|\\.\\.;/|(?:\\.\\.%2f|\\.\\.%5c|%2e%2e%2f|%2e%2e/|%c0%ae|%252e){1,}`,
      'i',
    ),
    before: 8,
  }),
];

/** RFC 3986 section 3.2.2: what stands as host behind `scheme://`, user information left out. */
const AUTHORITY = /^([^\s/?#\\"'<>]{1,200}@)?(\[[0-9a-f:.%]{2,60}\]|[^\s/?#\\:"'<>()[\]{},;`|]{1,253})/i;

function hostRule(id: string, guard: RequestGuard, isForbidden: (host: string) => boolean): Rule {
  return {
    id,
    guard,
    anchors: ['://'],
    preceded_by: null,
    near: () => true,
    find(text, at, end): Span | null {
      // A scheme stands before it: what is no URL has no host.
      if (!/[a-z]$/i.test(latin1(text, at - 1, at))) return null;
      const found = AUTHORITY.exec(latin1(text, end, end + 256));
      if (!found || !isForbidden((found[2] as string).toLowerCase().replace(/\.$/, ''))) return null;
      return { start: at, end: end + found[0].length };
    },
  };
}

const METADATA =
  /^(?:169\.254\.(?:169\.254|170\.2|169\.253)|\[(?:::ffff:)?169\.254\.169\.254\]|\[::ffff:a9fe:a9fe\]|\[fd00:ec2::254\]|metadata(?:\.google\.internal)?|100\.100\.100\.200|instance-data|2852039166|0xa9fea9fe|0251\.0376\.0251\.0376|0xa9\.0xfe\.0xa9\.0xfe|169\.254\.169\.254\.(?:nip|xip|sslip)\.io)$/;

/** Addresses that only somebody inside can mean: loopback, private and link-local networks, and unusual spellings. */
function isInternal(host: string): boolean {
  if (METADATA.test(host)) return false;
  if (
    /^(?:localhost|.{1,200}\.localhost|localhost\.localdomain|.{1,200}\.(?:nip|xip|sslip)\.io|localtest\.me)$/.test(
      host,
    )
  )
    return true;
  if (host.startsWith('['))
    return /^\[(?:::1?|::ffff:.*|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*|0{1,4}(?::0{1,4}){6}:0{0,3}1)\]$/.test(host);
  return (
    isUnusualAddress(host) ||
    /^(?:0|10|127)(?:\.[0-9]{1,3}){1,3}$|^192\.168(?:\.[0-9]{1,3}){1,2}$|^172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){1,2}$|^169\.254(?:\.[0-9]{1,3}){1,2}$|^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])(?:\.[0-9]{1,3}){1,2}$/.test(
      host,
    )
  );
}

/** One number, hexadecimal or octal parts: resolvers read these as addresses, people do not write them. */
function isUnusualAddress(host: string): boolean {
  return (
    /^(?:0x[0-9a-f]{1,8}|[0-9]{8,10}|0[0-7]{8,12})$/.test(host) ||
    (/^(?:(?:0x[0-9a-f]{1,2}|0[0-7]{1,3}|[0-9]{1,3})\.){3}(?:0x[0-9a-f]{1,2}|0[0-7]{1,3}|[0-9]{1,3})$/.test(host) &&
      /(?:^|\.)0[0-9x]/.test(host))
  );
}

const ADDRESSES: readonly Rule[] = [
  hostRule('metadata-address', 'attacks', (host) => METADATA.test(host)),
  hostRule('internal-address', 'suspicions', isInternal),
  patternRule({
    id: 'odd-scheme',
    guard: 'attacks',
    anchors: [
      'gopher://',
      'dict://',
      'php://',
      'phar://',
      'expect://',
      'netdoc:',
      'jar:http',
      'jar:file',
      'zip://',
      'ogg://',
      'compress.zlib://',
      'tftp://',
      'sftp://',
      'ldap://',
      'ldaps://',
      'rmi://',
    ],
    pattern:
      /(?<![A-Za-z0-9])(?:gopher:\/\/|dict:\/\/[^\s/]{1,80}:[0-9]|php:\/\/(?:filter|input|data|temp|memory)|phar:\/\/|expect:\/\/|netdoc:\/|jar:(?:https?|file):[^\s!]{1,120}!|(?:zip|ogg|compress\.zlib):\/\/|(?:ldaps?|rmi):\/\/[^\s/]{1,80}\/\w|tftp:\/\/[^\s/]{1,80}\/)/i,
    before: 1,
  }),
  patternRule({
    id: 'file-scheme',
    guard: 'suspicions',
    anchors: ['file:/'],
    pattern: /(?<![A-Za-z0-9])file:\/{1,4}[A-Za-z.%]/i,
    before: 1,
  }),
];

const MARKUP: readonly Rule[] = [
  patternRule({
    id: 'xml-external',
    guard: 'attacks',
    anchors: ['<!entity', '<!doctype', 'xi:include', 'xinclude'],
    pattern:
      /<!DOCTYPE\s{1,4}[\w:.-]{1,60}\s{0,4}(?:\[\s{0,8}<!(?:ENTITY|ELEMENT)|SYSTEM\s{1,3}['"](?:https?|ftp|file):)|<!ENTITY\s{1,4}(?:%\s{1,4})?\w{1,40}\s{1,4}SYSTEM\s{1,4}['"](?:https?|ftp|file|php|expect|gopher):|<xi:include\s{1,4}(?:[^>]{0,40}\s)?href\s{0,2}=\s{0,2}['"](?:https?|ftp|file):/i,
    before: 1,
  }),
  patternRule({
    id: 'xml-declaration',
    guard: 'suspicions',
    anchors: ['<!entity', '<!doctype', 'xi:include', 'xinclude'],
    pattern:
      /<!ENTITY\s{1,4}[%\w]|<!DOCTYPE\s{1,4}[\w:.-]{1,60}\s{0,4}(?:\[|SYSTEM\s{1,3}['"](?!about:legacy-compat))|<xi:include\s|xmlns:xi\s{0,2}=/i,
    before: 40,
  }),
  patternRule({
    id: 'script-markup',
    guard: 'suspicions',
    anchors: [
      '<script',
      'javascript:',
      'onerror',
      'onload',
      'onmouseover',
      'onfocus',
      'onclick',
      'ontoggle',
      '<svg',
      '<iframe',
      'vbscript:',
      '<img',
      'alert(',
    ],
    pattern:
      /<script[\s>/]|(?<![A-Za-z])(?:java|vb)script:\s{0,3}[\w.]{1,40}\s{0,2}[(=]|<(?:svg|img|body|iframe|input|details|video|audio|object|embed|a|div|marquee)\b[^>]{0,120}\bon[a-z]{4,20}\s{0,3}=|<iframe\s|['"]\s{0,3}on(?:error|load|mouseover|focus|click|toggle)\s{0,3}=/i,
    before: 130,
  }),
];

export const REFERENCE_RULES: readonly Rule[] = [...PATHS, ...ADDRESSES, ...MARKUP];
