/** GitHub's whole API, 1,223 operations, and that of its enterprise server, through a running gate. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { largeDocument, missingDocuments } from '../../real/documents.ts';
import { runDocuments } from '../../real/run.ts';
import { failures, render } from '../../real/traffic/tally.ts';

for (const [name, file] of [
  ['github', 'api.github.com.json'],
  ['github-enterprise', 'ghes-3.17.json'],
] as const) {
  test(`every operation of ${file} passes as declared, and is refused with one thing wrong`, {
    skip: missingDocuments(),
  }, async (context) => {
    const document = largeDocument(name, `@octokit/openapi/generated/${file}`);
    for (const run of await runDocuments(context, [document])) {
      context.diagnostic(render(run));
      assert.deepEqual(failures(run), []);
    }
  });
}
