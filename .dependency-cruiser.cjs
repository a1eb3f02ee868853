'use strict';
/**
 * Which folder may import which. The table and its reasons stand in ARCHITECTURE.md; tools/rules.ts runs this
 * on src/ and on test/fixtures/bad-imports, where every rule must find its offender.
 *
 * TypeScript 7 exports no compiler API, so the parser has to be swc: without it no module would be seen.
 */
const at = (path) => `^src/${path}`;
const ours = at('');
const PURE_BUILTINS = '^(node:)?(assert|buffer|crypto|punycode|string_decoder|util)(/|$)';

/** A folder's `config.ts` declares its part of the configuration and is read by src/config. */
const anyConfig = at('.+/config\\.ts$');

const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from,
  to: { path: ours, pathNot: allowed },
});

module.exports = {
  forbidden: [
    only('protocol-is-a-leaf', { path: at('protocol/') }, [at('protocol/')], 'protocol imports nothing of ours'),
    {
      name: 'protocol-is-pure',
      severity: 'error',
      comment: 'protocol turns bytes into values and back: no sockets, no files, no clock',
      from: { path: at('protocol/') },
      to: { dependencyTypes: ['core'], pathNot: PURE_BUILTINS },
    },
    only(
      'core-imports-protocol',
      { path: at('core/') },
      [at('core/'), at('protocol/')],
      'core imports core and protocol',
    ),
    only(
      'channels-stay-apart',
      { path: at('channels/([^/]+)/') },
      [at('channels/$1/'), at('channels/contract\\.ts$'), at('core/'), at('protocol/')],
      'a channel imports core, protocol and the channel contract, never another channel, check or cli',
    ),
    only(
      'check-shares-nothing-with-the-gate',
      { path: at('check/') },
      [at('check/'), at('core/(errors|limits|resolver|trust)/'), at('protocol/')],
      'a checker must not share the bugs of the gate it checks',
    ),
    only(
      'config-reads-only-declarations',
      { path: at('config/') },
      [at('config/'), at('core/errors/'), at('protocol/'), anyConfig],
      'config composes each folder’s config.ts and knows no behaviour',
    ),
    only(
      'admin-sees-the-contract',
      { path: at('admin/') },
      [at('admin/'), at('core/'), at('protocol/'), at('check/'), at('channels/contract\\.ts$')],
      'the console speaks to channels through their contract',
    ),
    only(
      'cli-has-no-logic',
      { path: at('cli/') },
      [at('cli/'), at('config/'), at('check/'), at('core/errors/'), at('main\\.ts$')],
      'the command line turns arguments into calls and results into exit codes',
    ),
    {
      name: 'nobody-imports-the-wiring',
      severity: 'error',
      comment: 'main.ts, processes/ and wiring/ put everything together and nothing below knows them',
      from: { path: ours, pathNot: at('(cli/|processes/|wiring/|main\\.ts$)') },
      to: { path: at('(cli/|processes/|wiring/|main\\.ts$)') },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment:
        'modules that need each other at run time are one module, or share a third; types may refer to each other',
      from: { path: ours },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-folders-are-acyclic',
      severity: 'error',
      comment: 'core is ordered: errors, trust, identity, policy, limits, audit, exchange',
      scope: 'folder',
      from: { path: at('core/[^/]+$') },
      to: { path: at('core/[^/]+$'), circular: true },
    },
    {
      name: 'source-knows-no-tests',
      severity: 'error',
      comment: 'what is shipped imports nothing that is not',
      from: { path: ours },
      to: { path: '^(test|bench|tools|examples)/' },
    },
    {
      name: 'only-declared-dependencies',
      severity: 'error',
      comment: 'a package that is used stands under dependencies in package.json',
      from: { path: ours },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'an import that leads nowhere',
      from: { path: ours },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/.cache)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
