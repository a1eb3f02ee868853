/**
 * The container recipes, made and run with the commands of docs/operations.md as they stand there: the image by its
 * Dockerfile, the gate by its Compose file. Podman stands for Docker, and images made of Debian's packages for the bases.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { type Engine, noEngine, startEngine } from './engine.ts';
import { blocksOf, ORDER, SLOW_ORDER } from './from-clone.ts';

const recipes = join(import.meta.dirname, '..', '..', '..', 'deploy', 'container');
const NODE = '/usr/lib/sallyport/runtime/bin/node';
const PKI = 'project/.sallyport/pki';
/** As restricted as the recipes say, for containers that they do not start. */
const CLOSED = '--read-only --cap-drop ALL --security-opt no-new-privileges --user 65532:65532';
const LISTENS = 'the service listens';

const UPSTREAM = `require("node:http").createServer((request, response) => {
  const id = request.url.split("/")[2];
  response.writeHead(200, { "content-type": "application/json" });
  setTimeout(() => response.end(JSON.stringify({ id, article: "A-100", quantity: 2 })), id === "${SLOW_ORDER}" ? 3000 : 0);
}).listen(9000, "127.0.0.1", () => console.log("${LISTENS}"));`;

/** Asks from within what the gate's processes may do, where there is no shell to ask with. */
const LOOK = `const fs = require("node:fs");
const attempt = (path) => { try { fs.writeFileSync(path + "/probe", ""); fs.rmSync(path + "/probe"); return "written"; } catch ({ code }) { return code; } };
console.log(fs.readFileSync("/proc/1/status", "utf8"));
for (const path of ["/", "/etc/sallyport", "/usr/lib/sallyport", "/home/nonroot", "/var/lib/sallyport", "/tmp"]) console.log(path, attempt(path));
for (const path of ["/bin/sh", "/usr/bin/apt-get", "/usr/bin/dpkg"]) console.log(path, fs.existsSync(path));`;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt++) {
    if (await holds()) return;
    await sleep(500);
  }
  throw new Error(`in vain: ${what}`);
}

/** One call of the example's partner from outside the container; its status, or 000 where there was no answer. */
async function call(engine: Engine, order = ORDER): Promise<string> {
  const identity = `--cacert ${PKI}/gate-ca.pem --cert ${PKI}/acme-erp.pem --key ${PKI}/acme-erp.key`;
  const url = `https://localhost:8443/orders/${order}`;
  const curl = `curl --silent --ipv4 --max-time 20 --output /dev/null --write-out '%{http_code}' ${identity} ${url}`;
  return (await engine.try(curl)).stdout;
}

/** The name that Compose gave the gate's container. */
const nameOf = async (engine: Engine) =>
  (await engine.run("docker ps --all --filter label=com.docker.compose.service=gate --format '{{.Names}}'")).trim();

/** The command of the image's health check, run once, as the engine does every 30 seconds. */
async function health(engine: Engine): Promise<string> {
  const name = await nameOf(engine);
  const { code } = await engine.try(`docker healthcheck run ${name}`);
  return code === 0 ? 'healthy' : 'unhealthy';
}

/** A service in the gate's own network, as the example's configuration wants it. */
async function startUpstream(engine: Engine): Promise<void> {
  await engine.try('docker rm --force upstream');
  const options = `${CLOSED} --detach --name upstream --network container:${await nameOf(engine)}`;
  await engine.run(`docker run ${options} --entrypoint ${NODE} sallyport:0.1.0 -e '${UPSTREAM}'`);
  await until('the service', async () => (await engine.run('docker logs upstream')).includes(LISTENS));
}

/** The command of the manifest that copies a key out of a secret volume. */
function keysCommand(): string[] {
  for (const document of parseAllDocuments(readFileSync(join(recipes, 'kubernetes.yaml'), 'utf8'))) {
    const found = document.getIn(['spec', 'template', 'spec', 'initContainers', 0, 'command']);
    if (found !== undefined) return JSON.parse(JSON.stringify(found)) as string[];
  }
  throw new Error('the manifest has no container that copies the key');
}

test('the image is made and the gate lives in it as the page says: start, see, change, be ill, stop', {
  skip: noEngine(),
}, async (context) => {
  const engine = await startEngine(context);
  const [make = '', project = '', permissions = '', start = '', reload = '', stop = ''] = blocksOf(
    'operations.md',
    'Containers',
  );
  cpSync(join(recipes, 'compose.yaml'), join(engine.folder, 'compose.yaml'));

  await context.test('the recipe gives an image with a user without rights and a health check', async () => {
    await engine.make(make);
    const image = await engine.run(
      "docker image inspect --format '{{.User}} {{index .HealthCheck.Test 1}}' sallyport:0.1.0",
    );
    assert.equal(image.trim(), `65532:65532 ${NODE}`);
  });

  await context.test('it starts from a project that the image itself made and found valid', async () => {
    await engine.run(project);
    await engine.run(permissions);
    // The lines after the first ask a gate that has to be up.
    await engine.run(start.split('\n')[0] ?? '');
    await until('a healthy gate', async () => (await health(engine)) === 'healthy');
    assert.match(await engine.run(start.split('\n').slice(1).join('\n')), /is ready/);
  });

  await context.test('a partner’s call passes the published port', async () => {
    await startUpstream(engine);
    assert.equal(await call(engine), '200');
  });

  await context.test('its processes have no right, and write to their data alone', async () => {
    const looked = await engine.run(`docker exec ${await nameOf(engine)} ${NODE} -e '${LOOK}'`);
    assert.match(looked, /^Uid:\t65532\t65532\t65532\t65532$/m);
    for (const kind of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) assert.match(looked, new RegExp(`^Cap${kind}:\t0+$`, 'm'));
    assert.match(looked, /^NoNewPrivs:\t1$/m);
    assert.match(looked, /^Seccomp:\t2$/m);
    for (const path of ['/', '/etc/sallyport', '/usr/lib/sallyport', '/home/nonroot']) {
      assert.match(looked, new RegExp(`^${path} EROFS$`, 'm'));
    }
    for (const path of ['/var/lib/sallyport', '/tmp']) assert.match(looked, new RegExp(`^${path} written$`, 'm'));
    for (const path of ['/bin/sh', '/usr/bin/apt-get', '/usr/bin/dpkg']) assert.ok(looked.includes(`${path} false`));
  });

  await context.test('a sound change is in force, a broken one is refused and the gate goes on', async () => {
    await engine.run('mv project/policies/orders.cedar . && echo "// Nobody." >project/policies/none.cedar');
    await engine.run(reload);
    assert.equal(await call(engine), '403');
    await engine.run('echo "permit (everything);" >project/policies/none.cedar');
    // Not by Compose: the one that stands for it keeps the exit code to itself.
    const refused = await engine.try(
      reload.replace('docker compose exec -T gate', `docker exec ${await nameOf(engine)}`),
    );
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout + refused.stderr, /none\.cedar:1:\d+: POLICY_SYNTAX/);
    assert.equal(await call(engine), '403');
    await engine.run('rm project/policies/none.cedar && mv orders.cedar project/policies/');
    // By the signal, too.
    await engine.run(`docker kill --signal HUP ${await nameOf(engine)}`);
    await until('the plan before', async () => (await call(engine)) === '200');
  });

  await context.test('a gate that answers nobody is unhealthy, and healthy when it goes on', async () => {
    const name = await nameOf(engine);
    await engine.run(`docker kill --signal STOP ${name}`);
    assert.equal(await health(engine), 'unhealthy');
    await engine.run(`docker kill --signal CONT ${name}`);
    await until('a healthy gate', async () => (await health(engine)) === 'healthy');
    assert.equal(await call(engine), '200');
  });

  await context.test('a call under way is answered before it stops, and it ends with 0', async () => {
    const slow = call(engine, SLOW_ORDER);
    await sleep(1500);
    await engine.run(stop);
    assert.equal(await slow, '200');
    const state = await engine.run(
      `docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' ${await nameOf(engine)}`,
    );
    assert.equal(state.trim(), 'exited 0');
    assert.match(await engine.run(`docker logs ${await nameOf(engine)} 2>&1`), /^sallyport: stopped$/m);
    assert.equal(await call(engine), '000');
  });

  await context.test('a new container goes on with the log of the one that was removed', async () => {
    await engine.run('docker rm --force upstream && docker compose down && docker compose up --detach');
    await until('a healthy gate', async () => (await health(engine)) === 'healthy');
    await startUpstream(engine);
    assert.equal(await call(engine), '200');
    const volume = (await engine.run("docker volume ls --quiet --filter 'name=records'")).trim();
    const lines = await engine.run(
      `cat "$(docker volume inspect --format '{{.Mountpoint}}' ${volume})"/audit/*.ndjson`,
    );
    assert.equal(lines.match(/"verdict":"allowed"/g)?.length, 5);
  });

  await context.test('the manifest’s copy of a key is the gate’s alone, also when it is made again', async () => {
    // As Kubernetes lays volumes for `fsGroup`: root's, with the group.
    await engine.run(`mkdir secret keys && cp ${PKI}/gate.key secret/tls.key && chown 0:65532 secret/tls.key keys`);
    await engine.run('chmod 0440 secret/tls.key && chmod 2777 keys');
    const [program = '', ...args] = keysCommand();
    const volumes = '--volume "$PWD/secret:/secret:ro" --volume "$PWD/keys:/keys"';
    const quoted = args.map((arg) => `"${arg}"`).join(' ');
    const copy = `docker run --rm ${CLOSED} --network none ${volumes} --entrypoint ${program} sallyport:0.1.0 ${quoted}`;
    for (let round = 0; round < 2; round++) {
      await engine.run(copy);
      assert.equal(await engine.run('stat --format %u:%a keys/gate.key'), '65532:400\n');
    }
    await engine.run(`cmp ${PKI}/gate.key keys/gate.key`);
  });
});
