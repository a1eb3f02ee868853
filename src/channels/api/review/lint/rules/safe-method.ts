import { judged, type LintRule } from '../rule.ts';

const EFFECTS =
  /^(?:create|add|insert|update|set|put|edit|change|delete|remove|destroy|drop|purge|cancel|reset|revoke|approve|reject|send|submit|execute|start|stop|restart|enable|disable|activate|deactivate|lock|unlock|transfer|pay|refund|merge|import|publish|unpublish|rotate|trigger)$/;
/** An import that is got is a thing. */
const READS = /^(?:get|list|read|fetch|find|search|show|view|check|download|count|query|describe|retrieve)$/;
/** `start-date` and `update_status` are things, not deeds. */
const THINGS = /^(?:date|time|at|status|state|settings|info|history|log|logs|list|requests?|policy|rules?|by|from|to)$/;

export const safeMethod: LintRule = {
  id: 'safe-method',
  severity: 'danger',
  controls: ['API-1', 'API-2'],
  title: 'A GET that does something',
  why: 'GET and HEAD are safe (RFC 9110 section 9.2.1): the gate repeats them on failure and writes no intent before, and others cache or prefetch them.',
  fix: 'Make it a POST, PUT or DELETE. Where it only reads, give it another name.',
  operation({ operation: { method, path, node, name } }) {
    if (method !== 'GET' && method !== 'HEAD') return [];
    const id = name.startsWith(`${method} `) ? '' : (name.split('/').at(-1) ?? '');
    const deed = isDeed(wordsOf(id)) ? id : READS.test(wordsOf(id)[0] ?? '') ? null : deedAtEnd(path);
    return judged(node.pointer, deed !== null, `'${deed ?? ''}' sounds like an effect`);
  },
};

/** `/users/{id}/delete`: a last segment that is one word, and that a deed. */
function deedAtEnd(path: string): string | null {
  const last = path.split('/').at(-1) ?? '';
  const [word = '', ...others] = wordsOf(last);
  return !last.includes('{') && others.length === 0 && EFFECTS.test(word) ? last : null;
}

function isDeed([first = '', second = '']: readonly string[]): boolean {
  return EFFECTS.test(first) && !THINGS.test(second);
}

/** `deleteUser`, `delete-user` and `delete_user` are two words. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
