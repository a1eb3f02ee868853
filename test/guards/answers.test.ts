import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES } from '../../src/channels/api/guards/rules/index.ts';
import { ANSWER_GUARDS } from '../../src/channels/api/guards/settings.ts';
import { found } from './finds.ts';

const JWT = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
const letters = (length: number) => 'aB3dE5gH7jK9mN1pQ'.repeat(20).slice(0, length);

/** For each rule what it finds, and what is nearly that. */
// biome-ignore format: a table
const CASES: Readonly<Record<string, { readonly is: readonly string[]; readonly is_not: readonly string[] }>> = {
  'aws-access-key': { is: ['AKIAIOSFODNN7EXAMPLE', 'key=ASIAIOSFODNN7EXAMPL2,'], is_not: ['AKIAIOSFODNN7EXAMPL', 'AKIAIOSFODNN7EXAMPLE2', 'XAKIAIOSFODNN7EXAMPLE', 'akiaiosfodnn7example', 'AKIAAAAAAAAAAAAAAAAA'] },
  'gcp-key': { is: [`AIza${letters(35)}`, `GOCSPX-${letters(28)}`, `ya29.${letters(60)}`], is_not: [`AIza${letters(34)}`, `AIza${letters(36)}`, 'ya29.short'] },
  'azure-key': { is: [`AccountKey=${letters(86)}==;EndpointSuffix=core.windows.net`, `SharedAccessKey=${letters(43)}=`], is_not: [`AccountKey=${letters(86)}`, `AccountKey=${letters(80)}==`] },
  'github-token': { is: ['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', `github_pat_${letters(82)}`], is_not: ['ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18', 'ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq1', `github_pat_${letters(81)}`] },
  'npm-token': { is: ['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'], is_not: ['npm_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq16', 'npm_config_registry'] },
  'gitlab-token': { is: [`glpat-${letters(20)}`], is_not: [`glpat-${letters(19)}`, 'glpat-xxxxxxxxxxxxxxxxxxxx'] },
  'slack-token': { is: ['xoxb-123456789012-123456789012-aBcDeFgHiJkLmNoP'], is_not: ['xoxb-not-a-token-but-words-here', 'xoxb-1234'] },
  'stripe-key': { is: [`sk_live_${letters(24)}`, `whsec_${letters(32)}`], is_not: ['sk_live_abc', `pk_live_${letters(24)}`, 'sk_test_xxxxxxxxxxxxxxxxxxxxxxxx'] },
  'service-token': { is: [`hf_${letters(34)}`, `dckr_pat_${letters(27)}`, `SG.${letters(22)}.${letters(43)}`, `shpat_${'0123456789abcdef'.repeat(2)}`], is_not: ['hf_transformers', `SG.${letters(66)}`] },
  'private-key': { is: ['-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----', '-----BEGIN OPENSSH PRIVATE KEY-----', '-----BEGIN PGP PRIVATE KEY BLOCK-----', 'PuTTY-User-Key-File-3: ssh-ed25519'], is_not: ['-----BEGIN PUBLIC KEY-----', '-----BEGIN CERTIFICATE-----', 'BEGIN PRIVATE KEY'] },
  jwt: { is: [JWT, `token ${JWT}.`], is_not: [`x${JWT}`, 'eyJub3QiOiJqb3NlIn0.eyJzdWIiOiIxIn0.c2ln', 'eyJhbGciOiJIUzI1NiJ9', 'eyJhbGciOi.eyJzdWIiOiIx.c2ln'] },
  'bearer-token': { is: ['Authorization: Bearer 8f3kdj39fkdj39fkslw92kf8', 'bearer 8F3KDJ39-fkdj39fkslw92kf8=='], is_not: ['Bearer authentication-is-described-below', 'bearer of news', 'Bearer short1'] },
  'basic-credentials': { is: ['Authorization: Basic dXNlcjpwYXNzd29yZDE='], is_not: ['Basic knowledge', 'basic dXNlcnBhc3N3b3Jk', 'Basic QWxhZGRpbg=='] },
  'connection-string': { is: ['postgres://app:s3cr3t-pw@db/orders', 'https://ann:hunter2x@example.com/a'], is_not: ['https://example.com:8443/a@b', 'https://user@example.com', 'postgres://user:password@host', 'mysql://app:{DB_PASSWORD}@db', 'redis://x:***@host', 'see https://a.b/c:d@e'] },
  'secret-assignment': { is: ['password=Tr0ub4dor&3x', 'Pwd=Xk29!fjq;', '"api_key": "a8Fk29Dk20dLs83jF"', "client_secret='Zk82hf0Qpw7Lx'"], is_not: ['password=changeme', 'password: string', 'password = process.env.PASSWORD', 'the password: at least eight', 'secret=xxxxxxxxxxxx', 'access_token=<token>', 'password reset', 'secret: /etc/secrets/key.pem', 'api_key=config.apiKey'] },
  'java-trace': { is: ['\tat com.acme.orders.Service.find(Service.java:42)', '\tat jdk.internal.reflect.Method.invoke0(Native Method)'], is_not: ['see Service.java:42', 'at com.acme.Service', 'Meet at Foo (bar)'] },
  'java-exception': { is: ['java.lang.NullPointerException', 'org.acme.orders.NotFoundException: no'], is_not: ['NullPointerException', 'an exception of the rule', 'java.lang.Exceptional', 'com.acme.error'] },
  'python-trace': { is: ['Traceback (most recent call last):', '  File "/srv/app/orders.py", line 42, in find'], is_not: ['traceback most recent', 'File "orders.csv", line 42'] },
  'dotnet-trace': { is: ['   at Acme.Orders.Find(String id) in C:\\src\\Orders.cs:line 42'], is_not: ['Orders.cs:42', 'at line 42 of Orders.cs'] },
  'dotnet-exception': { is: ['System.NullReferenceException: Object reference', 'Microsoft.Data.SqlClient.SqlException'], is_not: ['System.Exceptional', 'the system. Exception', 'System.Text.Json'] },
  'php-error': { is: ['PHP Fatal error:  Uncaught Error: x in /var/www/a.php:12', 'Warning: Undefined variable $a in /var/www/a.php on line 3'], is_not: ['Warning: hot surface', 'Notice: closed on Monday', 'fatal error in the plan'] },
  'ruby-trace': { is: ["app/models/order.rb:12:in `find'", "/srv/a.rb:3:in 'Order#find'"], is_not: ['order.rb:12', 'order.rb: in use'] },
  'go-panic': { is: ['goroutine 1 [running]:', 'panic: runtime error: index out of range'], is_not: ['goroutine 1', 'panic: buy now'] },
  'node-trace': { is: ['    at find (/srv/app/orders.js:12:7)', '    at async file:///srv/app/orders.mjs:3:11', 'at node:internal/process/task_queues.js:95:5'], is_not: ['orders.js:12', 'at orders.js:12:7 we see', 'meet at 10:12:7'] },
  'rust-panic': { is: ["thread 'main' panicked at src/main.rs:3:5:", "thread 'main' panicked at 'boom', src/main.rs:3"], is_not: ["the thread 'main' panicked"] },
  'perl-error': { is: ['Died at /srv/a.pl line 3.'], is_not: ['a.pl line 3', 'at line 3.'] },
  'postgresql-error': { is: ['ERROR:  syntax error at or near "FROM"', 'relation "orders" does not exist', 'PG::UniqueViolation'], is_not: ['the order "42" does not exist', 'syntax error near the end'] },
  'mysql-error': { is: ['You have an error in your SQL syntax; check', "Duplicate entry '7' for key 'PRIMARY'", "Unknown column 'x' in 'where clause'", "Table 'shop.orders' doesn't exist"], is_not: ["the page 'x' doesn't exist", 'an error in your order'] },
  'oracle-error': { is: ['ORA-00942: table or view does not exist'], is_not: ['ORA-942', 'AURORA-00942X', 'FLORA-123456'] },
  'mssql-error': { is: ["Unclosed quotation mark after the character string ''", "Incorrect syntax near 'x'", 'Msg 102, Level 15, State 1'], is_not: ['Incorrect syntax near the end', 'Level 15, state 1'] },
  'sqlite-error': { is: ['UNIQUE constraint failed: orders.id', 'near "FROM": syntax error', 'sqlite3.OperationalError', 'SQLITE_ERROR: no such table'], is_not: ['SQLITE_BUSY', 'the constraint failed'] },
  'sql-state': { is: ['SQLSTATE[42S02]: Base table'], is_not: ['SQLSTATE codes', 'SQLSTATE[]'] },
  'mongodb-error': { is: ['E11000 duplicate key error collection: shop.orders', 'MongoServerError: bad auth'], is_not: ['duplicate key error'] },
  'debug-page': { is: ['<h1>Whitelabel Error Page</h1>', 'Werkzeug Debugger', '<title>phpinfo()</title>', 'Apache Tomcat/9.0.1'], is_not: ['a white label error', 'Apache Tomcat'] },
  email: { is: ['write to jane.doe@acme.ee.', 'a+b@mail.acme.co'], is_not: ['jane@example.com', 'git@github.com', '@jane', 'jane@localhost', 'a@b', 'x@y.test', '1@2.3'] },
  'payment-card': { is: ['4111111111111111', 'card 5555-5555-5555-4444 valid', '3782 822463 10005', '4111 1111 1111 1111'], is_not: ['4111111111111112', 'id 41111111111111111', '1234567890123456', '0000000000000000', 'x4111111111111111', '1700000000000'] },
  iban: { is: ['EE382200221020145685', 'GB82 WEST 1234 5698 7654 32', 'DE89370400440532013000'], is_not: ['EE382200221020145686', 'EE3822002210201456', 'XX382200221020145685', 'ee382200221020145685'] },
  phone: { is: ['call +372 5123 4567', '+14155552671', 'tel:(+44) 20 7946 0958'.replace('(+44)', '+44')], is_not: ['+0 123 456 789', '1+12345678', '+123456', '2026-01-01T00:00:00+02:00', 'a+3725123456'] },
  'us-ssn': { is: ['SSN 536-90-4399'], is_not: ['000-12-3456', '666-12-3456', '912-12-3456', '123-45-6789', '536-90-43990', '2026-536-90-4399'] },
  'uk-nino': { is: ['NINO AB123456C', 'AB 12 34 56 C'], is_not: ['BG123456C', 'AB123456E', 'XAB123456C', 'AB1234567'] },
  'ee-lt-personal-code': { is: ['37605030299', 'code 38001085718'], is_not: ['37605030298', '37613030299', '97605030299', '376050302991'] },
  'lv-personal-code': { is: ['161175-19997'], is_not: ['161175-19996', '321175-19997', '991399-10000'] },
  'fi-personal-code': { is: ['131052-308T'], is_not: ['131052-308U', '131352-308T'] },
  'se-personal-number': { is: ['811218-9876', '19811218-9876'], is_not: ['811218-9877', '811318-9876'] },
  'no-birth-number': { is: ['15076500565'], is_not: ['15076500566', '15136500565'] },
  'pl-pesel': { is: ['44051401359'], is_not: ['44051401358', '44991401359'] },
  'es-dni': { is: ['12345678Z'], is_not: ['12345678A', '123456789Z', '1234567Z'] },
  'fr-nir': { is: ['2 55 08 14 168 025 38', '255081416802538'], is_not: ['255081416802539', '955081416802538'] },
  'it-codice-fiscale': { is: ['RSSMRA85T10A562S'], is_not: ['RSSMRA85T10A562T', 'rssmra85t10a562s'] },
};

describe('rules over answers', () => {
  for (const [rule, { is, is_not }] of Object.entries(CASES)) {
    for (const text of is) {
      it(`${rule} is found: ${JSON.stringify(text.slice(0, 60))}`, () => {
        assert.ok(found(text, ANSWER_GUARDS).includes(rule), found(text, ANSWER_GUARDS).join(' '));
        assert.ok(found(`Dear all, ${text} and so on`, ANSWER_GUARDS).includes(rule), 'in the middle of a text');
      });
    }
    for (const text of is_not) {
      it(`${rule} is not: ${JSON.stringify(text.slice(0, 60))}`, () => {
        assert.ok(!found(text, ANSWER_GUARDS).includes(rule));
      });
    }
  }

  it('every rule over answers has its cases', () => {
    const names = RULES.filter(({ guard }) => ANSWER_GUARDS.some((name) => name === guard)).map(({ id }) => id);
    assert.deepEqual(Object.keys(CASES).sort(), names.sort());
  });
});
