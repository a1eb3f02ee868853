/**
 * What the socket unit gives to whatever service takes its ports: over restarts under load nobody is refused. A small
 * program stands for the gate, which takes a second to start, so that without the queue connections would be lost.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installClone } from './from-clone.ts';
import { bootMachine, noMachine } from './machine.ts';

const PROGRAM = `
if (process.env.LISTEN_FDS !== '1' || process.env.LISTEN_PID !== String(process.pid)) process.exit(2);
const server = require('node:http').createServer((request, response) => {
  response.setHeader('connection', 'close');
  setTimeout(() => response.end(String(process.pid)), 20);
});
setTimeout(() => server.listen({ fd: 3 }), 1000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

const DROP_IN = `[Service]
ExecStart=
ExecStart=/opt/node/bin/node /opt/ports.cjs
ExecStartPost=
`;

test('while the service restarts, calls wait for the new process and none is refused', {
  skip: noMachine(),
}, async (context) => {
  const machine = await bootMachine(context);
  await installClone(machine);
  await machine.write('/opt/ports.cjs', PROGRAM);
  await machine.write('/etc/systemd/system/sallyport.service.d/zz-ports.conf', DROP_IN);
  await machine.write('/etc/sallyport/sallyport.yaml', '');
  await machine.run('systemctl daemon-reload && systemctl start sallyport.socket sallyport.service');

  const call = "curl --silent --max-time 60 --write-out ' %{http_code}\\n' http://localhost:8443/ || echo failed";
  const calls = machine.run(`while [ ! -e /run/enough ]; do ${call}; done`);
  for (let round = 0; round < 3; round++) {
    await machine.run('systemctl restart sallyport.service');
    // One answer of the new process before the next round.
    await machine.run(call);
  }
  await machine.run('touch /run/enough');
  const answers = (await calls).trim().split('\n');
  assert.deepEqual(
    answers.filter((answer) => !/^\d+ 200$/.test(answer)),
    [],
  );
  const processes = new Set(answers.map((answer) => answer.split(' ')[0]));
  assert.ok(processes.size >= 3, `calls were answered by ${processes.size} processes`);
});

test('a call starts the service that nobody started', { skip: noMachine() }, async (context) => {
  const machine = await bootMachine(context);
  await installClone(machine);
  await machine.write('/opt/ports.cjs', PROGRAM);
  await machine.write('/etc/systemd/system/sallyport.service.d/zz-ports.conf', DROP_IN);
  await machine.write('/etc/sallyport/sallyport.yaml', '');
  await machine.run('systemctl daemon-reload && systemctl start sallyport.socket');
  assert.match(await machine.run('curl --silent --max-time 60 http://localhost:8443/'), /^\d+$/);
});
