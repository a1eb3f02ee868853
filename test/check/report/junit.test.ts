import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { junitWriter } from '../../../src/check/report/junit-writer.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';
import { reportOf, unanswered } from '../a-report.ts';
import { EVERY, hostileReport } from './hostile.ts';
import { written } from './written.ts';

const lenient = { warn_fails: false };

test('a target is a suite, a rule a case, and each verdict has its place', () => {
  const xml = written(junitWriter(lenient), reportOf(EVERY));
  assert.match(xml, /<testsuite name="api.example.org" tests="6" failures="1" errors="1" skipped="2" time="0.420"/);
  assert.match(
    xml,
    /classname="tls.api.example.org:443" name="tls\/example" time="0"><failure message="the example is on"/,
  );
  assert.match(xml, /name="tls\/warn" time="0"><system-out>warning: /);
  assert.match(xml, /name="tls\/could-not-tell" time="0"><error /);
  assert.match(xml, /name="tls\/pass" time="0"\/>/);
  assert.match(xml, /<skipped message="not applicable: /);
  assert.match(xml, /name="tls\/known" time="0"><skipped message="known from the baseline: /);
});

test('warnings are failures where they make the check fail', () => {
  const xml = written(junitWriter({ warn_fails: true }), reportOf(EVERY));
  assert.match(xml, /failures="2"/);
  assert.match(xml, /name="tls\/warn" time="0"><failure [^>]*type="warn"/);
});

test('a check that did not finish is an error', () => {
  const xml = written(junitWriter(lenient), reportOf({ ...EVERY, problem: 'no answer in time', results: [] }));
  assert.match(xml, /name="finished" time="0"><error message="the check did not finish: no answer in time"/);
});

test('whatever the texts are, it is well-formed by the parser of libxml2', { skip: missingTools('xmllint') }, () => {
  const xml = written(junitWriter(lenient), hostileReport());
  execFileSync('xmllint', ['--noout', '--nonet', '-'], { input: xml });
});

test('a target that nobody answers at is one error, with what to do, and what was found', () => {
  const xml = written(junitWriter(lenient), reportOf(unanswered()));
  assert.match(xml, /<testsuite name="api.example.org" tests="5" failures="1" errors="1" skipped="3"/);
  assert.match(
    xml,
    /name="tls\/one" time="0"><skipped message="could not be told: nobody listens there \(ECONNREFUSED\)"/,
  );
  assert.match(xml, /name="finished" time="0"><error [^>]*>What to do: See that the server runs\.<\/error>/);
});
