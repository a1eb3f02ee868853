import type { Contract, Operation } from '../channels/api/contract/index.ts';
import { GuardCompiler } from '../channels/api/guards/plan.ts';
import { guardSettings } from '../channels/api/guards/settings.ts';
import { type Bounds, heldBounds, jsonLimits, tightened } from '../channels/api/limits-config.ts';
import type { PlannedOperation } from '../channels/api/plan.ts';
import type { Upstream } from '../channels/api/upstream/upstream.ts';
import type { ApiConfig, GateConfig } from '../config/load.ts';
import { JsonParser } from '../protocol/json/index.ts';

/** Every operation of every contract with the service behind it and the bounds that hold for it, by operation id. */
export function planOperations(
  config: GateConfig,
  contracts: readonly Contract[],
  upstreams: ReadonlyMap<string, Upstream>,
): Map<string, PlannedOperation> {
  const planned = new Map<string, PlannedOperation>();
  const guards = new GuardCompiler();
  for (const api of config.apis) {
    const contract = contracts.find((candidate) => candidate.api === api.id)!;
    const parsers = new JsonParsers();
    for (const operation of contract.operations) {
      planned.set(
        operation.id,
        planOperation(operation, { api, contract, upstream: upstreams.get(api.id)!, parsers, guards }),
      );
    }
  }
  return planned;
}

interface ApiParts {
  readonly api: ApiConfig;
  readonly contract: Contract;
  readonly upstream: Upstream;
  readonly parsers: JsonParsers;
  readonly guards: GuardCompiler;
}

function planOperation(operation: Operation, { api, contract, upstream, parsers, guards }: ApiParts): PlannedOperation {
  const bounds = tightened(api.limits, operation.limits);
  return {
    operation,
    called: { id: operation.id, path_template: `${api.prefix}${operation.template}`, safe: operation.safe },
    declared_names: contract.names,
    upstream,
    base_path: api.upstream.url.pathname.replace(/\/$/, ''),
    upstream_authority: api.upstream.url.host,
    bounds,
    guards: guards.compile(guardSettings(api.guards, operation.guards), operation.places),
    ...heldBounds(bounds),
    accept: acceptField(operation),
    json: parsers.for(bounds),
  };
}

/** One parser for each set of limits in use: its tape is as large as the largest text it has read. */
class JsonParsers {
  readonly #parsers = new Map<string, JsonParser>();

  for(bounds: Bounds): JsonParser {
    const limits = jsonLimits(bounds);
    const key = JSON.stringify(limits);
    const parser = this.#parsers.get(key) ?? new JsonParser(limits);
    this.#parsers.set(key, parser);
    return parser;
  }
}

function acceptField({ responses }: Operation): string {
  const shapes = [
    ...responses.exact.values(),
    ...responses.ranges.values(),
    ...(responses.fallback ? [responses.fallback] : []),
  ];
  return [...new Set(shapes.flatMap(({ content }) => content.map(({ media_type }) => media_type)))].join(', ');
}
