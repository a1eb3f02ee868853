import { connect as netConnect, type Socket } from 'node:net';
import { DialError, platformReason } from './dial-error.ts';
import type { Address } from './literals.ts';

/** Opens a TCP connection; given so that tests can watch and break it. */
export type TcpConnect = (options: { host: string; port: number; family: 4 | 6 }) => Socket;

export const tcpConnect: TcpConnect = (options) => netConnect({ ...options, noDelay: true, autoSelectFamily: false });

/** @throws DialError FORWARD_UNREACHABLE, FORWARD_LATE */
export function connectTcp(connect: TcpConnect, address: Address, port: number, timeout_ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.address, port, family: address.family });
    const fail = (error: DialError) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error) => fail(new DialError('FORWARD_UNREACHABLE', platformReason(error)));
    const timer = setTimeout(() => fail(new DialError('FORWARD_LATE', 'TCP connect')), timeout_ms);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      socket.on('error', observedByClose);
      resolve(socket);
    });
  });
}

/** A socket must never be without an error listener; its owner learns of the end from `close`. */
function observedByClose(): void {}
