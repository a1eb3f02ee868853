/**
 * The Cedar schema every policy is validated against at load, and every request at run time.
 *
 * The types are the same for every gate; what differs between gates are ids and closed sets of values, which a Cedar
 * schema cannot list for entities that have parents. Those are checked in literals.ts against the model.
 */

import { type PolicyModel, SENSITIVITIES } from './model.ts';

/** Cedar schema in its human syntax. No namespace: `Party::"acme"` reads better than `Sallyport::Party::"acme"`. */
export const POLICY_SCHEMA = `// Principals: machines act; they belong to a party and, like parties, to groups.
entity Group in [Group];
entity Party in [Group];
entity Machine in [Party, Group];

// Resources: an operation of an API, which is reachable in zones.
entity Zone;
entity Api in [Zone];
entity Operation in [Api] {
  method: String,
  path: String,
  sensitivity: String,
  tags: Set<String>,
};

// Facts of the connection. They do not change while it is open, so a decision can be remembered.
type Tls = {
  version: String,
  cipher: String,
  group: String,
  resumed: Bool,
};
type Certificate = {
  trust?: String,
  key_type: String,
  key_bits: Long,
  thumbprint: String,
};
type Connection = {
  zone: String,
  tls: Tls,
  certificate: Certificate,
};

// read: GET, HEAD, OPTIONS; write: every other method; call: both.
action call;
action read, write in [call] appliesTo {
  principal: [Machine],
  resource: [Operation],
  context: Connection,
};
`;

/**
 * The schema with the names of one gate as comments, for people and editors. Parses to the same schema as
 * {@link POLICY_SCHEMA}.
 */
export function describeSchema(model: PolicyModel): string {
  const list = (title: string, names: readonly string[]) => `// ${title}: ${names.map(quote).join(', ') || '(none)'}\n`;
  const ids = (items: readonly { readonly id: string }[]) => items.map((item) => item.id);
  return [
    POLICY_SCHEMA,
    '\n// Names known to this gate\n',
    list('Group', ids(model.groups)),
    list('Party', ids(model.parties)),
    list('Machine', ids(model.machines)),
    list('Zone', model.zones),
    list('Api', ids(model.apis)),
    list('Operation', ids(model.operations)),
    list('sensitivity', SENSITIVITIES),
    list('tags', [...new Set(model.operations.flatMap((operation) => operation.tags))]),
  ].join('');
}

/** JSON quoting keeps a name with a line break inside its comment. */
function quote(name: string): string {
  return JSON.stringify(name);
}
