/** A process that does as it is told, for the tests of what keeps it. */

process.on('message', (message: { say: string; number?: number }) => {
  const { say, number } = message;
  if (say === 'start') process.send?.({ say: 'started' });
  if (say === 'fail') process.send?.({ say: 'failed', failure: { defect: 'as told' } });
  const faults = [{ code: 'DATA_FOLDER', file: 'data', message: 'as told' }];
  if (say === 'fail with faults') process.send?.({ say: 'failed', failure: { faults } });
  if (say === 'echo') process.send?.({ say: 'heard', number });
  if (say === 'news') process.send?.({ say: 'news', text: 'something' });
  if (say === 'end') process.exit(7);
});
process.on('disconnect', () => process.exit(0));
