/** Which lines of configuration a target is told. */
import type { ResultReport } from './report/report.ts';
import type { Rule, Software } from './rule.ts';
import type { Service } from './target.ts';

/** Services that begin with TLS and are one connection: a proxy that ends TLS may stand before each. */
const PROXIED: readonly Service[] = ['imaps', 'pop3s', 'ldaps'];

/** Where each may be at the other end. A listener of a gate is Sallyport and nothing else. */
const SERVED_BY: Readonly<Record<Software, readonly Service[]>> = {
  nginx: ['https', ...PROXIED],
  apache: ['https'],
  haproxy: ['https', ...PROXIED],
  caddy: ['https'],
  postfix: ['smtp', 'submission', 'smtps'],
  sallyport: ['https', 'gate'],
};

/** The lines of software that may serve there, in the order the rule has them. */
export function fittingRemedies(
  remedies: Rule<unknown, unknown>['remedies'],
  service: Service,
): ResultReport['remedies'] {
  return (Object.entries(remedies) as [Software, readonly string[]][])
    .filter(([software]) => SERVED_BY[software].includes(service))
    .map(([software, lines]) => ({ software, lines: [...lines] }));
}
