import { test } from 'node:test';
import { killRounds } from '../audit/crash.ts';
import { freshFolder } from '../audit/records.ts';

test('over many kills no acknowledged record is lost and no intent stays open', async (context) => {
  await killRounds(freshFolder(context), 300);
});
