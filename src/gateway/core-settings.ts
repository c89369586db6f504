import type { Identity } from './keys/identity.ts';
import type { CoreSettings } from './recording/core.ts';
import type { RuleChoice } from './site/rule-choice.ts';
import { guardedOf, hashFiles, zonesOf } from './site/site.ts';

/** Streams, rules and files of the rules in force, as the core takes them. */
export function settingsOf(
  { site, configured }: RuleChoice,
  identity: Identity,
): Omit<CoreSettings, 'keys' | 'maySign' | 'onCommit'> {
  const rules = hashFiles(site.files.rules);
  const configuration = hashFiles(site.files.configuration);
  // Of rules that are not in force, too: records name them.
  const other = site === configured ? [] : Object.values(configured.files).map(hashFiles);
  return {
    identity,
    streams: site.connections.flatMap((c) => c.streams),
    rules: site.rules,
    zones: zonesOf(site.zones),
    guarded: guardedOf(site),
    clockClaim: site.evidence.clock,
    rulesHash: rules.hash,
    configHash: configuration.hash,
    files: [rules, configuration, ...other].flatMap(({ stored }) => stored),
  };
}
