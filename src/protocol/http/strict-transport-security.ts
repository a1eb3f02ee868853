/** What a host asks for by Strict-Transport-Security (RFC 6797 section 6.1). */
export interface StrictTransportSecurity {
  readonly max_age_s: number;
  readonly include_subdomains: boolean;
}

const DIRECTIVE = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:[ \t]*=[ \t]*(?:"([^"]*)"|([^ \t"]+)))?$/;
const MAX_AGE = /^[0-9]{1,12}$/;

/** @returns null where a client has to ignore it: no `max-age`, one directive twice, or another grammar */
export function parseStrictTransportSecurity(value: string): StrictTransportSecurity | null {
  const directives = new Map<string, string | null>();
  for (const part of value.split(';').map((text) => text.trim())) {
    if (part === '') continue;
    const [, name, quoted, token] = DIRECTIVE.exec(part) ?? [];
    const key = name?.toLowerCase();
    if (key === undefined || directives.has(key)) return null;
    directives.set(key, quoted ?? token ?? null);
  }
  const max_age = directives.get('max-age');
  if (max_age === undefined || max_age === null || !MAX_AGE.test(max_age)) return null;
  return { max_age_s: Number(max_age), include_subdomains: directives.get('includesubdomains') === null };
}
