/** The checker from outside, pointed at a running gate by the gate's own configuration. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { checkReport } from '../../../src/check/report/report.ts';
import { sallyport } from '../harness/cli.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { freePort } from '../harness/nginx.ts';
import { makeProject, type Project } from '../harness/project.ts';

describe('a running gate', () => {
  let project: Project;
  let gate: GateProcess;
  let port = 0;
  before(async () => {
    project = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
    port = await freePort();
    const config = readFileSync(project.config, 'utf8').replace('port: 0', `port: ${port}`);
    project.write('sallyport.yaml', config);
    gate = await startGateProcess(project);
  });
  after(async () => {
    await gate?.stop();
    project?.remove();
  });

  it('passes its own policy, where its configuration says it listens', async () => {
    const { exit_code, stdout, stderr } = await sallyport(project.folder, [
      'check',
      '--config',
      project.config,
      '--json',
    ]);
    const report = checkReport.parse(JSON.parse(stdout));
    const failed = report.targets.flatMap(({ results }) => results.filter(({ verdict }) => verdict === 'fail'));
    assert.deepEqual(failed, []);
    assert.deepEqual([report.verdict, report.policy, exit_code], ['good', 'sallyport-1', 0]);
    const [target] = report.targets;
    assert.deepEqual([target?.target, target?.address], [`localhost:${port}`, '127.0.0.1']);
    assert.equal(target?.place?.file, project.config);
    const verdicts = new Map(target?.results.map(({ rule, verdict }) => [rule, verdict]));
    assert.equal(verdicts.get('tls/post-quantum-group'), 'pass');
    assert.match(stderr, /^not checked: http:\/\/127\.0\.0\.1:9: no TLS/m);
  });
});
