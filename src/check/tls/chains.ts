/** Readings of the chains that rules share. */
import { isIP } from 'node:net';
import { holds, type Judgement, unknown, violated } from '../rule.ts';
import type { SentCertificate } from './certificates/sent-certificate.ts';
import type { JudgedChain, Trust } from './certificates/sent-chain.ts';
import type { TlsEvidence } from './evidence.ts';

/** A chain whose leaf can be read. */
export interface ReadableChain extends JudgedChain {
  readonly leaf: SentCertificate;
}

/** What one chain breaks, a line each; null where it cannot be told. */
export type Breaks = readonly string[] | null;

/** What is shown to who asks for no name is another matter. */
function chainsAskedFor({ name, certificates }: TlsEvidence): readonly JudgedChain[] {
  return isIP(name) === 0 ? certificates.filter(({ server_name }) => server_name !== null) : certificates;
}

/** Those of the name that was asked for. */
export function readableChains(evidence: TlsEvidence): readonly ReadableChain[] {
  return chainsAskedFor(evidence).flatMap((chain) => {
    const leaf = chain.certificates[0] ?? null;
    return leaf === null ? [] : [{ ...chain, leaf }];
  });
}

/**
 * Judges each chain; one that breaks something is enough.
 *
 * @param sound what to say where none does
 * @param broken what to say where one does
 */
export function judgeEach(
  evidence: TlsEvidence,
  { sound, broken }: { readonly sound: string; readonly broken: string },
  breaksOf: (chain: ReadableChain) => Breaks,
): Judgement {
  const chains = readableChains(evidence);
  const found = chains.map(breaksOf);
  const facts = [...new Set(found.flatMap((breaks) => breaks ?? []))];
  if (facts.length > 0) return violated(broken, facts);
  if (chains.length === 0 || chains.length < chainsAskedFor(evidence).length) return noCertificate(evidence);
  return found.includes(null) ? unknown('what was sent does not tell') : holds(sound);
}

export function noCertificate(evidence: TlsEvidence): Judgement {
  return unknown(evidence.certificates.length === 0 ? 'no certificate was seen' : 'a certificate cannot be read');
}

/** By private roots where there are any, for who names them means them; else by those of everybody. */
export function trustOf({ private_trust, public_trust }: JudgedChain): Trust | null {
  if (private_trust === null || private_trust.trusted) return private_trust ?? public_trust;
  return public_trust?.trusted === true ? public_trust : private_trust;
}

/** The rules of those who make certificates for everybody bind it. */
export function isPublic({ public_trust }: JudgedChain): boolean {
  return public_trust?.trusted === true;
}

/** `2026-11-29`. */
export function dayOf(time_ms: number): string {
  return new Date(time_ms).toISOString().slice(0, 10);
}

export const DAY_MS = 86_400_000;

/** Whole days, rounded down. */
export function daysOf(duration_ms: number): string {
  const days = Math.floor(duration_ms / DAY_MS);
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}
