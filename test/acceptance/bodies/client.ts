/** A client that sends and reads as slowly as a test wants, over either version of HTTP. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { request } from 'node:https';
import type { Readable, Writable } from 'node:stream';
import type { Project } from '../harness/project.ts';

export interface Sent {
  /** Where the body is written. */
  readonly body: Writable;
  /** Resolves with the head of the answer; rejects where there is none. */
  readonly answer: Promise<Head>;
  /** Cuts the exchange off. */
  kill(): void;
}

export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Emits 'end' only where the answer came to its proper end. */
  readonly body: Readable;
}

export interface Sending {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Send = (project: Project, port: number, sending: Sending) => Sent;

const identity = (project: Project) => ({
  ca: readFileSync(`${project.pki}/gate-ca.pem`),
  cert: readFileSync(`${project.pki}/acme-erp.pem`),
  key: readFileSync(`${project.pki}/acme-erp.key`),
});

const overHttp1: Send = (project, port, { method, path, headers = {} }) => {
  const outgoing = request({ host: 'localhost', port, method, path, headers, agent: false, ...identity(project) });
  outgoing.flushHeaders();
  const answer = new Promise<Head>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (message) => {
      message.on('error', () => undefined);
      resolve({ status: message.statusCode ?? 0, headers: message.headers, body: message });
    });
  });
  answer.catch(() => undefined);
  return { body: outgoing, answer, kill: () => outgoing.destroy() };
};

const overHttp2: Send = (project, port, { method, path, headers = {} }) => {
  const session = connect(`https://localhost:${port}`, identity(project));
  session.on('error', () => undefined);
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: method === 'GET' });
  stream.on('close', () => session.close());
  const answer = new Promise<Head>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('no answer')));
    stream.on('response', (fields) => {
      resolve({ status: Number(fields[':status']), headers: fields as Head['headers'], body: stream });
    });
  });
  answer.catch(() => undefined);
  return { body: stream, answer, kill: () => session.destroy() };
};

export const CLIENTS: Readonly<Record<string, Send>> = { '1.1': overHttp1, '2': overHttp2 };

/** How an answer ended, and what came of it. */
export interface Ended {
  readonly clean: boolean;
  readonly size_bytes: number;
}

/** Reads a body to its end; `each` sees every part, and may make the reader wait. */
export function drain(body: Readable, each: (part: Buffer) => Promise<void> | void = () => undefined): Promise<Ended> {
  return new Promise((resolve) => {
    let size_bytes = 0;
    let clean = false;
    body.on('data', (part: Buffer) => {
      size_bytes += part.length;
      const wait = each(part);
      if (!wait) return;
      body.pause();
      void wait.then(() => body.resume());
    });
    body.on('end', () => {
      clean = !(body as Readable & { aborted?: boolean; rstCode?: number }).aborted;
    });
    body.on('error', () => undefined);
    body.on('close', () => {
      const reset = ((body as Readable & { rstCode?: number }).rstCode ?? 0) !== 0;
      resolve({ clean: clean && !reset, size_bytes });
    });
  });
}
