/**
 * A life of the gate under its units, in a machine with a systemd of its own, with the commands of docs/operations.md
 * as they stand there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { installClone, ORDER, pasteSection, SLOW_ORDER, startUpstream } from './from-clone.ts';
import { bootMachine, type Machine, noMachine, type Ran } from './machine.ts';

const CONFIG = '/etc/sallyport/sallyport.yaml';
const PKI = '/etc/sallyport/.sallyport/pki';
const AUDIT = '/var/lib/sallyport/audit';

/** One call of the example's partner; its status, or 000 where there was no answer. */
async function call(machine: Machine, order = ORDER): Promise<string> {
  const identity = `--cacert ${PKI}/gate-ca.pem --cert ${PKI}/acme-erp.pem --key ${PKI}/acme-erp.key`;
  const url = `https://localhost:8443/orders/${order}`;
  const curl = `curl --silent --ipv4 --max-time 20 --output /dev/null --write-out '%{http_code}' ${identity} ${url}`;
  return (await machine.try(curl)).stdout;
}

const journal = (machine: Machine) => machine.run('journalctl -u sallyport --no-pager --output=cat');
const property = async (machine: Machine, name: string) =>
  (await machine.run(`systemctl show sallyport --property=${name} --value`)).trim();

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error(`in vain: ${what}`);
}

/** What the gate's main process is held to by the kernel, asked of the kernel. */
async function sandboxOf(machine: Machine): Promise<{ status: string; inside: (script: string) => Promise<Ran> }> {
  const pid = await property(machine, 'MainPID');
  const status = await machine.run(`cat /proc/${pid}/status`);
  const as_gate = 'setpriv --reuid sallyport --regid sallyport --clear-groups';
  return { status, inside: (script) => machine.try(`nsenter --target ${pid} --mount ${as_gate} sh -c '${script}'`) };
}

test('the gate lives under its units as the page says: start, see, change, crash, back up, stop, restore', {
  skip: noMachine(),
}, async (context) => {
  const machine = await bootMachine(context);
  await installClone(machine);
  await startUpstream(machine);

  await context.test('without a configuration it is not started, and nothing has failed', async () => {
    await machine.run('systemctl start sallyport.service');
    assert.equal(await property(machine, 'ActiveState'), 'inactive');
    assert.equal(await property(machine, 'ConditionResult'), 'no');
  });

  await context.test('it starts, and answers when the command returns', async () => {
    await pasteSection(machine, 'Start');
    assert.equal(await call(machine), '200');
    assert.equal(await machine.run(`stat -c %U:%a /var/lib/sallyport ${AUDIT}`), 'sallyport:700\nsallyport:700\n');
  });

  await context.test('its processes have no capability, no new privileges, and a filter of system calls', async () => {
    const { status, inside } = await sandboxOf(machine);
    assert.match(status, /^CapBnd:\t0+$/m);
    assert.match(status, /^CapEff:\t0+$/m);
    assert.match(status, /^NoNewPrivs:\t1$/m);
    assert.match(status, /^Seccomp:\t2$/m);
    for (const place of ['/etc/sallyport', '/usr/lib', '/', '/dev/shm/../..']) {
      assert.notEqual((await inside(`touch ${place}/planted`)).code, 0, place);
    }
    assert.equal((await inside('touch /var/lib/sallyport/probe && rm /var/lib/sallyport/probe')).code, 0);
    assert.notEqual((await inside('ls /root')).code, 0);
    assert.doesNotMatch((await inside('ls /proc')).stdout, /^(1|sys|kcore)$/m);
  });

  await context.test('names resolve although the family of netlink is closed', async () => {
    const lookup =
      "require('node:dns').lookup('localhost', { all: true }, (error, found) => console.log(error ?? found[0].address))";
    const families = 'AF_INET AF_INET6 AF_UNIX';
    const unit = `[Service]\nType=oneshot\nDynamicUser=yes\nRestrictAddressFamilies=${families}\nExecStart=/opt/node/bin/node -e "${lookup}"\n`;
    await machine.write('/etc/systemd/system/lookup.service', unit);
    await machine.run('systemctl daemon-reload && systemctl start lookup.service');
    assert.match(await machine.run('journalctl -u lookup --output=cat --no-pager'), /^(127\.0\.0\.1|::1)$/m);
  });

  await context.test('what the page says to look at is there', async () => {
    await pasteSection(machine, 'See');
  });

  await context.test('a sound change is in force, a broken one is refused and the gate goes on', async () => {
    await machine.run(`mv /etc/sallyport/policies/orders.cedar /root/`);
    await machine.write('/etc/sallyport/policies/none.cedar', '// Nobody.\n');
    await machine.run('systemctl reload sallyport');
    await until('the new plan', async () => (await call(machine)) === '403');
    await machine.write('/etc/sallyport/policies/none.cedar', 'permit (everything);\n');
    await machine.try('systemctl reload sallyport');
    await until('the refusal', async () => /does not load; the plan in force stays/.test(await journal(machine)));
    assert.equal(await call(machine), '403');
    await machine.run('rm /etc/sallyport/policies/none.cedar && mv /root/orders.cedar /etc/sallyport/policies/');
    await pasteSection(machine, 'Change');
    assert.equal(await call(machine), '200');
  });

  await context.test('a gate that was killed is back by itself', async () => {
    const before = await property(machine, 'MainPID');
    await machine.run('systemctl kill --kill-whom=main --signal=KILL sallyport');
    await until('the next start', async () => {
      const pid = await property(machine, 'MainPID');
      return pid !== before && pid !== '0' && (await property(machine, 'ActiveState')) === 'active';
    });
    assert.equal(await call(machine), '200');
  });

  await context.test('a call under way is answered before it stops, and it ends with 0', async () => {
    await pasteSection(machine, 'Back up');
    const slow = call(machine, SLOW_ORDER);
    await sleep(1000);
    await pasteSection(machine, 'Stop');
    assert.equal(await slow, '200');
    assert.equal(await property(machine, 'Result'), 'success');
    assert.equal(await property(machine, 'ExecMainStatus'), '0');
    assert.equal(await call(machine), '000');
  });

  await context.test('the log goes on from a copy that was taken while it ran', async () => {
    const copied = await lastSequence(machine, '/var/backups/sallyport');
    await pasteSection(machine, 'Restore');
    assert.equal(await call(machine), '200');
    const numbers = await sequences(machine, AUDIT);
    assert.ok(numbers.length > copied);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  });

  await context.test('a start that does not load fails and says where, and comes back when it is mended', async () => {
    await machine.run(`systemctl stop sallyport && sed -i 's/^zones:/zoens:/' ${CONFIG}`);
    assert.notEqual((await machine.try('systemctl start sallyport')).code, 0);
    assert.match(await journal(machine), /sallyport\.yaml:\d+:\d+: .*zoens/);
    await machine.run(`sed -i 's/^zoens:/zones:/' ${CONFIG}`);
    await until('the start by itself', async () => (await property(machine, 'ActiveState')) === 'active');
    assert.equal(await call(machine), '200');
  });

  await context.test('a key that systemd hands over does not have to be readable for the gate’s user', async () => {
    const key = `${PKI}/gate.key`;
    const handed = '/run/credentials/sallyport.service/gate.key';
    await machine.write(
      '/etc/systemd/system/sallyport.service.d/key.conf',
      `[Service]\nLoadCredential=gate.key:${key}\n`,
    );
    await machine.run(`chown root:root ${key} && sed -i 's|key: file:.*|key: file:${handed}|' ${CONFIG}`);
    await machine.run('systemctl daemon-reload && systemctl restart sallyport');
    assert.equal(await call(machine), '200');
  });

  await context.test('the page’s limits and its look at a full disk are commands that work', async () => {
    await pasteSection(machine, 'Capacity');
    assert.equal(await property(machine, 'LimitNOFILE'), '131072');
    await pasteSection(machine, 'Disk full');
  });
});

async function sequences(machine: Machine, folder: string): Promise<number[]> {
  const lines = (await machine.run(`cat ${folder}/audit-*.ndjson`)).split('\n').filter(Boolean);
  const records = lines.map((line) => JSON.parse(line) as { metadata?: { sequence: number } });
  return records.flatMap(({ metadata }) => (metadata ? [metadata.sequence] : []));
}

const lastSequence = async (machine: Machine, folder: string): Promise<number> =>
  (await sequences(machine, folder)).at(-1) ?? 0;
