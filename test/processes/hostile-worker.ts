/** A worker that was taken over: it says whatever stands in its environment, one message after the other. */
for (const line of (process.env['SAYS'] ?? '').split('\n')) process.send?.(JSON.parse(line));
process.send?.({ say: 'notice', text: 'all is said', level: 'info' });
process.on('disconnect', () => process.exit(0));
