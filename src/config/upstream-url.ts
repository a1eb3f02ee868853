/** Judges the address of an upstream before it stands in a configuration. */
import type { z } from 'zod';
import { type Fault, LoadError } from '../core/errors/faults.ts';
import { upstreamUrlConfig } from '../core/resolver/config.ts';

/**
 * The address in the spelling a configuration accepts: `https://API.example.com` is `https://api.example.com/`.
 *
 * @param option how the user gave it, such as `--upstream`
 * @throws LoadError CONFIG_VALUE, which does not quote the address: it may hold a password
 */
export function readUpstreamUrl(text: string, option: string): string {
  const written = URL.canParse(text) ? new URL(text).href : text;
  const judged = upstreamUrlConfig.safeParse(written);
  if (judged.success) return written;
  throw new LoadError(judged.error.issues.map((issue) => faultOf(issue, option)));
}

function faultOf(issue: z.core.$ZodIssue, option: string): Fault {
  const fault = { code: 'CONFIG_VALUE', message: `${option} ${issue.message}` } as const;
  const suggestion: unknown = issue.code === 'custom' ? issue.params?.['suggestion'] : undefined;
  return typeof suggestion === 'string' ? { ...fault, suggestion } : fault;
}
