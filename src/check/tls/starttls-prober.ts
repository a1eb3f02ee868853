import { DialError, type Prober } from '../../core/resolver/index.ts';
import { type StarttlsProtocol, StarttlsRefused, startDialogue } from '../../protocol/starttls/index.ts';

/** For the dialogue, beside the time for the answer: mail servers let strangers wait for their greeting. */
const DIALOGUE_MS = 10_000;

/** Where there is a connection, and no TLS on it. */
export class TlsNotBegun extends DialError {
  /** @param reason our own words */
  constructor(code: 'FORWARD_UNREACHABLE' | 'FORWARD_LATE', reason: string) {
    super(code, reason);
    this.name = 'TlsNotBegun';
  }
}

export interface StarttlsProberOptions {
  readonly prober: Prober;
  readonly protocol: StarttlsProtocol;
  readonly host: string;
  /** Of the address, in milliseconds. */
  readonly timeLeft: () => number;
}

/**
 * A prober that leads the dialogue of a protocol first on each connection, and sends its opening where TLS begins. Whoever
 * asks notices nothing of it. Where TLS does not begin nothing can be said about it, as where there is no connection.
 */
export function starttlsProber({ prober, protocol, host, timeLeft }: StarttlsProberOptions): Prober {
  return {
    async ask(request) {
      const dialogue = startDialogue(protocol, host);
      let ready = false;
      const result = await prober
        .ask({
          ...request,
          opening: dialogue.opening,
          answer_ms: Math.min(request.answer_ms + DIALOGUE_MS, Math.max(0, timeLeft())),
          onBytes(chunk) {
            if (ready) return request.onBytes(chunk);
            const step = dialogue.read(chunk);
            if (step === 'more' || Buffer.isBuffer(step)) return step;
            ready = true;
            return [...(step === 'ready' ? [] : [step.last]), ...(request.opening === null ? [] : [request.opening])];
          },
        })
        .catch((error: unknown) => {
          throw error instanceof StarttlsRefused ? new TlsNotBegun('FORWARD_UNREACHABLE', error.message) : error;
        });
      if (ready) return result;
      throw result === 'late'
        ? new TlsNotBegun('FORWARD_LATE', 'what comes before TLS did not come in time')
        : new TlsNotBegun('FORWARD_UNREACHABLE', 'hung up before TLS could begin');
    },
  };
}
