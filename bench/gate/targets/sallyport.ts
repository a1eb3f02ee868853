import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../child.ts';
import { ownFolder, type TargetKind, textOf, waitFor } from './target.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'sallyport');

/** The gate as its users run it, without a terminal: it prints where it listens and its notices, no exchanges. */
export const sallyport: TargetKind = {
  name: 'sallyport',
  does: 'all of it: client certificates, contract, budgets, Cedar, parameters, bodies and answers judged and trimmed, guards, usage, durable records and intents',
  does_not: '',
  claims: { mtls: true, trims: true, judges_bodies: true },
  compiles: true,
  missing: () => null,
  async start({ site, workers, cpu_prof, node_options }) {
    const folder = ownFolder(site, 'sallyport');
    const data = join(folder, 'data');

    const config = site.configure({ name: `sallyport-${workers}`, data, workers, guards_off: false });
    const output = join(folder, 'output.txt');
    const lines = openSync(output, 'w');
    const profiling = cpu_prof === null ? '' : `--cpu-prof --cpu-prof-interval=250 --cpu-prof-dir=${cpu_prof}`;
    const NODE_OPTIONS = [process.env['NODE_OPTIONS'], profiling, node_options].filter(Boolean).join(' ');
    const child = spawn(process.execPath, [LAUNCHER, 'run', '--config', config], {
      cwd: site.folder,
      stdio: ['ignore', lines, lines],
      env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS },
    });
    const port = () => /https:\/\/127\.0\.0\.1:(\d+)/.exec(textOf(output))?.[1];
    await waitFor('the gate', child, () => port() !== undefined, output);
    return {
      pid: child.pid!,
      load: { port: Number(port()), ca: site.ca, identity: site.identity },
      audit_folder: join(data, 'audit'),
      stop: () => endProcess(child),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};
