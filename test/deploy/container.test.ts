/** The container files, read as text. That an image is made of them and a gate lives in it, test/long/deploy shows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';

const folder = join(import.meta.dirname, '..', '..', 'deploy', 'container');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** Instructions by stage; those before the first FROM stand first. */
function stagesOf(dockerfile: string): Instruction[][] {
  const text = dockerfile.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  const stages: Instruction[][] = [[]];
  for (const line of text.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const [, name = '', value = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? assert.fail(`no instruction: ${line}`);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, value });
  }
  return stages;
}

const stages = stagesOf(read('Dockerfile'));
const last = stages.at(-1) ?? [];
const said = (name: string) => last.find((instruction) => instruction.name === name)?.value ?? '';

test('the image runs as a user without rights, and nothing is run while its last stage is made', () => {
  assert.equal(said('USER'), '65532:65532');
  assert.deepEqual(
    last.filter(({ name }) => name === 'RUN' || name === 'ADD'),
    [],
  );
  const after_user = last.slice(last.findIndex(({ name }) => name === 'USER'));
  assert.ok(!after_user.some(({ name }) => name === 'COPY'));
});

test('its bases are arguments with a named version, so that a digest can be given', () => {
  const bases = stages.slice(1).map(([from]) => from?.value.split(' ')[0]);
  assert.equal(bases.join(' '), '$TOOLS $BASE');
  for (const { name, value } of stages[0] ?? []) {
    assert.equal(name, 'ARG');
    assert.match(value, /^(BASE|TOOLS)=[a-z0-9./-]+:(?!latest)[a-z0-9.-]+$/);
  }
});

test('command, entry point and health check need no shell, and SIGTERM reaches the gate', () => {
  for (const name of ['ENTRYPOINT', 'CMD']) assert.ok(Array.isArray(JSON.parse(said(name))), name);
  const [, check = ''] = /CMD (\[.*\])$/.exec(said('HEALTHCHECK')) ?? [];
  const command = JSON.parse(check) as string[];
  assert.deepEqual(command.slice(0, 2), JSON.parse(said('ENTRYPOINT')));
  assert.equal(command[2], 'status');
  assert.equal(said('STOPSIGNAL'), 'SIGTERM');
  assert.match(said('HEALTHCHECK'), /--timeout=\d+s.*--start-period=\d+s/);
  assert.doesNotMatch(read('Dockerfile'), /curl|wget|https?:\/\//);
});

test('the image says what it is and under which licence', () => {
  for (const name of ['title', 'description', 'licenses', 'documentation']) {
    assert.ok(said('LABEL').includes(`org.opencontainers.image.${name}=`), name);
  }
});

interface ComposeService {
  readonly [key: string]: unknown;
  readonly volumes: readonly string[];
}

test('the Compose example takes from the gate what it does not need', () => {
  const { services } = parse(read('compose.yaml')) as { services: { gate: ComposeService } };
  const { gate } = services;
  assert.equal(gate['read_only'], true);
  assert.deepEqual(gate['cap_drop'], ['ALL']);
  assert.deepEqual(gate['security_opt'], ['no-new-privileges:true']);
  assert.equal(gate['user'], '65532:65532');
  assert.equal(gate['privileged'], undefined);
  assert.equal(gate['stop_grace_period'], '30s');
  assert.ok(gate.volumes.some((volume) => volume.endsWith(':/etc/sallyport:ro')));
  assert.ok(gate.volumes.some((volume) => volume.endsWith(':/var/lib/sallyport')));
});

interface Container {
  readonly name: string;
  readonly securityContext: object;
  readonly resources: { limits: object };
  readonly volumeMounts: readonly { name: string; mountPath: string; readOnly?: boolean }[];
  readonly readinessProbe?: { exec: { command: string[] } };
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly labels?: Record<string, string> };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly securityContext: Record<string, unknown>;
        readonly terminationGracePeriodSeconds: number;
        readonly automountServiceAccountToken: boolean;
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
        readonly volumes: readonly { name: string }[];
      };
    };
    readonly volumeClaimTemplates: readonly { metadata: { name: string } }[];
  };
}

function kubernetesObjects(): Workload[] {
  // YAML 1.1, which Kubernetes reads: there 0400 is octal.
  return parseAllDocuments(read('kubernetes.yaml'), { version: '1.1', strict: true }).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS() as Workload;
  });
}

test('the Kubernetes example keeps to the restricted standard in every container', () => {
  const objects = kubernetesObjects();
  const labels = objects.find(({ kind }) => kind === 'Namespace')?.metadata.labels;
  assert.equal(labels?.['pod-security.kubernetes.io/enforce'], 'restricted');
  const pod = objects.find(({ kind }) => kind === 'StatefulSet')?.spec.template.spec ?? assert.fail('no StatefulSet');
  assert.equal(pod.securityContext['runAsNonRoot'], true);
  assert.equal(pod.securityContext['runAsUser'], 65532);
  assert.deepEqual(pod.securityContext['seccompProfile'], { type: 'RuntimeDefault' });
  assert.equal(pod.automountServiceAccountToken, false);
  assert.ok(pod.terminationGracePeriodSeconds > 10);
  for (const { name, securityContext, resources } of [...pod.initContainers, ...pod.containers]) {
    const closed = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
    assert.deepEqual(securityContext, closed, name);
    assert.ok('memory' in resources.limits, name);
  }
});

test('in the Kubernetes example every mount has its volume, and the gate can write to two of them only', () => {
  const { spec } = kubernetesObjects().find(({ kind }) => kind === 'StatefulSet') ?? assert.fail('no StatefulSet');
  const pod = spec.template.spec;
  const volumes = [
    ...pod.volumes.map(({ name }) => name),
    ...spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
  ];
  const [gate = assert.fail('no container')] = pod.containers;
  for (const { name } of [...pod.initContainers, gate].flatMap(({ volumeMounts }) => volumeMounts)) {
    assert.ok(volumes.includes(name), name);
  }
  const writable = gate.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath);
  assert.deepEqual(writable, ['/var/lib/sallyport', '/tmp']);
  assert.equal(gate.readinessProbe?.exec.command[2], 'status');
});
