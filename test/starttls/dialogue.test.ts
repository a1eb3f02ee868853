import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertProbe } from '../../src/core/resolver/probe-bytes.ts';
import {
  isStarttlsSend,
  type StarttlsProtocol,
  StarttlsRefused,
  startDialogue,
} from '../../src/protocol/starttls/index.ts';

const HOST = 'mail.example.org';
const LDAP_RESPONSE = (code: number) => Buffer.from([0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, code, 4, 0, 4, 0]);
const FEATURES =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' from='a' version='1.0'><stream:features>" +
  "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";

const UNKNOWN_HOST =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0'>" +
  "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";

/** What a server says, turn by turn, and what it hears in between. */
interface Talk {
  readonly says: readonly (string | Buffer)[];
  readonly hears: readonly string[];
}

/** Handshake V10 of a MariaDB 10.11. */
const MYSQL_GREETING = (capabilities: number) =>
  mysqlPacket(
    Buffer.from('\x0a5.5.5-10.11.19-MariaDB\0\x04\0\0\0abcdefgh\0', 'latin1'),
    Buffer.of(capabilities & 0xff, capabilities >> 8, 45, 2, 0, 0xff, 0x81, 21),
    Buffer.from('\0\0\0\0\0\0\x1d\0\0\0abcdefghijkl\0mysql_native_password\0', 'latin1'),
  );

function mysqlPacket(...parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(payload.length & 0xff, payload.length >> 8, 0, 0), payload]);
}

const XMPP_HEAD =
  "<?xml version='1.0'?><stream:stream to='mail.example.org' version='1.0' xmlns='jabber:client' " +
  "xmlns:stream='http://etherx.jabber.org/streams'>";

const GOOD: Readonly<Record<StarttlsProtocol, Talk>> = {
  smtp: {
    says: [
      '220-mail.example.org\r\n220 ESMTP\r\n',
      '250-mail\r\n250-SIZE 1000\r\n250-starttls\r\n250 HELP\r\n',
      '220 2.0.0 Ready\r\n',
    ],
    hears: ['EHLO sallyport-check.invalid\r\n', 'STARTTLS\r\n'],
  },
  imap: {
    says: ['* OK [CAPABILITY IMAP4rev1] hi\r\n', '* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n'],
    hears: ['a1 STARTTLS\r\n'],
  },
  pop3: { says: ['+OK ready\r\n', '+OK begin\r\n'], hears: ['STLS\r\n'] },
  ftp: { says: ['220-hi\r\n any text\r\n220 ready\r\n', '234 go on\r\n'], hears: ['AUTH TLS\r\n'] },
  ldap: {
    says: [LDAP_RESPONSE(0)],
    hears: [Buffer.from('301d02010177188016312e332e362e312e342e312e313436362e3230303337', 'hex').toString('latin1')],
  },
  postgres: { says: ['S'], hears: ['\0\0\0\x08\x04\xd2\x16\x2f'] },
  mysql: { says: [MYSQL_GREETING(0xfffe)], hears: [`\x20\0\0\x01\0\x8a${'\0'.repeat(5)}\x01\x2d${'\0'.repeat(23)}`] },
  xmpp: {
    says: [FEATURES, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
    hears: [XMPP_HEAD, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
  },
  'xmpp-server': {
    says: [FEATURES.replace('client', 'server'), "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>"],
    hears: [XMPP_HEAD.replace('client', 'server'), "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
  },
};

/** Leads a whole dialogue, in pieces of so many bytes, and returns what the client said. */
function lead(protocol: StarttlsProtocol, says: Talk['says'], piece_bytes = 4096): { said: string[]; ready: boolean } {
  const dialogue = startDialogue(protocol, HOST);
  const said = dialogue.opening === null ? [] : [dialogue.opening.toString('latin1')];
  let ready = false;
  for (const turn of says) {
    const bytes = Buffer.from(turn as string, 'latin1');
    for (let at = 0; at < bytes.length; at += piece_bytes) {
      const step = dialogue.read(bytes.subarray(at, at + piece_bytes));
      if (Buffer.isBuffer(step)) said.push(step.toString('latin1'));
      else if (step !== 'more') ready = true;
      if (typeof step === 'object' && 'last' in step) said.push(step.last.toString('latin1'));
    }
  }
  return { said, ready };
}

describe('a dialogue before TLS', () => {
  for (const [protocol, { says, hears }] of Object.entries(GOOD) as [StarttlsProtocol, Talk][]) {
    it(`of ${protocol} comes to where TLS begins, whole or byte by byte`, () => {
      assert.deepEqual(lead(protocol, says), { said: [...hears], ready: true });
      assert.deepEqual(lead(protocol, says, 1), { said: [...hears], ready: true });
    });

    it(`of ${protocol} says only what a probe may send`, () => {
      for (const said of lead(protocol, says).said) assertProbe(Buffer.from(said, 'latin1'));
    });
  }

  const refusals: readonly [StarttlsProtocol, Talk['says'], RegExp][] = [
    ['smtp', ['554 no\r\n'], /greeting is a refusal \(554\)/],
    ['smtp', ['220 hi\r\n', '450 4.7.1 who are you\r\n'], /EHLO is refused \(450\)/],
    ['smtp', ['220 hi\r\n', '250 HELP\r\n'], /not offered/],
    ['smtp', ['220 hi\r\n', '250 STARTTLS\r\n', '454 later\r\n'], /STARTTLS is refused \(454\)/],
    ['smtp', ['220 hi\r\n250 STARTTLS\r\n'], /out of turn/],
    ['smtp', ['220 hi\r\n', '250 STARTTLS\r\n', '220 go\r\n\x16\x03'], /out of turn/],
    ['smtp', ['SSH-2.0-OpenSSH\r\n'], /not speak SMTP/],
    ['imap', ['* BYE\r\n'], /not greet/],
    ['imap', ['* PREAUTH\r\n'], /not greet/],
    ['imap', ['* OK\r\n', 'a1 BAD\r\n'], /not offered/],
    ['imap', ['* OK\r\n', 'a1 NO later\r\n'], /refused/],
    ['imap', ['* OK\r\n', '+ go on\r\n'], /refused/],
    ['pop3', ['-ERR\r\n'], /not greet/],
    ['pop3', ['+OK\r\n', '-ERR\r\n'], /not offered/],
    ['ftp', ['421 full\r\n'], /refusal/],
    ['ftp', ['220 hi\r\n', '500 what\r\n'], /not offered \(500\)/],
    ['ftp', ['220 hi\r\n', '530 Please login with USER and PASS.\r\n'], /not offered \(530\)/],
    ['ftp', ['220 hi\r\n', '534 not here\r\n'], /refused \(534\)/],
    ['ldap', [LDAP_RESPONSE(2)], /not offered/],
    ['ldap', [LDAP_RESPONSE(52)], /refused/],
    ['ldap', [Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff])], /does not end/],
    ['ldap', ['+OK'], /not speak LDAP/],
    ['postgres', ['N'], /not offered/],
    ['postgres', ['E'], /not speak/],
    ['postgres', ['SS'], /out of turn/],
    ['mysql', [MYSQL_GREETING(0xf7fe)], /not offered/],
    ['mysql', [mysqlPacket(Buffer.from('\xff\x10\x04Too many connections', 'latin1'))], /refusal \(1040\)/],
    [
      'mysql',
      [mysqlPacket(Buffer.from("\xff\x69\x04Host 'a' is blocked", 'latin1'))],
      /no connections from this address/,
    ],
    ['mysql', [mysqlPacket(Buffer.from('\xff\x10', 'latin1'))], /not speak/],
    ['mysql', [mysqlPacket(Buffer.from('\x0a8.0.36', 'latin1'))], /not speak/],
    ['mysql', [mysqlPacket(Buffer.from('\x0a8.0.36\0\x04\0\0\0abcdefgh\0\xff', 'latin1'))], /not speak/],
    ['mysql', [mysqlPacket(Buffer.from(`\x09${'3.20\0'.repeat(9)}`, 'latin1'))], /not speak/],
    ['mysql', [Buffer.of(0, 0, 0, 0)], /not speak/],
    ['mysql', [Buffer.of(0xff, 0xff, 0xff, 0)], /does not end/],
    ['mysql', [Buffer.concat([MYSQL_GREETING(0xfffe), Buffer.of(0x16)])], /out of turn/],
    ['mysql', ['SSH-2.0-OpenSSH\r\n'], /not speak/],
    ['xmpp', [FEATURES.replace(/<starttls.*?>/, '')], /not offered/],
    ['xmpp', [FEATURES, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"], /refused/],
    ['xmpp', [UNKNOWN_HOST], /the stream is refused \(host-unknown\)$/],
    ['xmpp', [UNKNOWN_HOST.replace('host-unknown', "x onload='1'")], /the stream is refused$/],
    ['xmpp-server', [UNKNOWN_HOST.replaceAll('stream:', '')], /stream is refused/],
    ['xmpp', [FEATURES, "<stream:error><not-authorized xmlns='a'/></stream:error>"], /STARTTLS is refused/],
    ['xmpp', ['HTTP/1.1 400\r\n'], /not speak XMPP/],
  ];
  for (const [protocol, says, message] of refusals) {
    it(`of ${protocol} is over where the server says ${JSON.stringify(says.at(-1)?.toString('latin1')).slice(0, 40)}`, () => {
      assert.throws(() => lead(protocol, says), message);
    });
  }

  it('takes no endless line, greeting or feature', () => {
    const endless: readonly [StarttlsProtocol, string][] = [
      ['smtp', 'x'.repeat(1100)],
      ['smtp', '220-hi\r\n'.repeat(65)],
      ['ftp', `220-hi\r\n${' text\r\n'.repeat(64)}`],
      ['imap', `* OK\r\n`.repeat(80)],
      ['xmpp', `<a>${' '.repeat(17_000)}`],
    ];
    for (const [protocol, text] of endless) assert.throws(() => lead(protocol, [text], 100), StarttlsRefused);
  });

  it('throws refusals and nothing else, whatever comes', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(...Object.values(GOOD).flatMap(({ says }) => says)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(GOOD) as StarttlsProtocol[])), fc.array(part), (protocol, says) => {
        try {
          lead(protocol, says, 7);
        } catch (error) {
          assert.ok(error instanceof StarttlsRefused, String(error));
        }
      }),
    );
  });
});

describe('what a probe may send', () => {
  it('is no other command, and no stream to what is no host', () => {
    for (const text of [
      'STARTTLS\r\nQUIT\r\n',
      'MAIL FROM:<>\r\n',
      'a2 STARTTLS\r\n',
      XMPP_HEAD.replace(HOST, "a'/>"),
    ]) {
      assert.equal(isStarttlsSend(Buffer.from(text)), false);
      assert.throws(() => assertProbe(Buffer.from(text)), RangeError);
    }
  });
});
