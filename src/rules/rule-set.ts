import { interlocksOf, NOTHING_GUARDED, type Guarded, type Interlocks } from './interlocks.ts';
import type { AlarmRule } from '../domain/deciding.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { BoundLevel, Instance } from './instance.ts';
import { listen, type Listening } from './listening.ts';
import type { Action, DriveAction, Rule } from './rule.ts';
import type { Zones } from './site.ts';
import { subjectsOf } from './subjects.ts';
import { asWatch } from './watch-of-test.ts';
import type { World } from './watch.ts';

/** Who may want a device on. */
type Demand = { readonly alarm: string; readonly action: DriveAction };

/** Rules bound to open streams, indexed so that a record touches only what it concerns. */
export type RuleSet = Listening & {
  readonly instances: readonly Instance[];
  /** Those that look at the values of one stream alone. */
  readonly bySlot: readonly (readonly Instance[] | undefined)[];
  readonly byDevice: ReadonlyMap<string, readonly Instance[]>;
  readonly byAlarm: ReadonlyMap<string, Instance>;
  readonly silences: readonly Instance[];
  /** By rule id, as the alarm machine wants them. */
  readonly alarms: ReadonlyMap<string, AlarmRule>;
  readonly actions: ReadonlyMap<string, readonly Action[]>;
  /** By output (`outputOf`), who may want it on. */
  readonly demands: ReadonlyMap<string, readonly Demand[]>;
  /** What stands above all of them. */
  readonly interlocks: Interlocks;
};

/** Binds in the order of rules, then of slots: the order in which timers of one deadline fire. */
export function bindRules(
  rules: readonly Rule[],
  streams: readonly OpenStream[],
  zones: Zones,
  guarded: Guarded = NOTHING_GUARDED,
): RuleSet {
  const bySlot = [...streams].sort((a, b) => a.slot - b.slot);
  const instances: Instance[] = [];
  const instancesOf = (rule: string): readonly Instance[] => instances.filter((i) => i.rule.id === rule);
  for (const rule of rules) {
    // A rule sees those before it only: what looks at others can make no circle.
    const world = { streams: bySlot, zones, instancesOf };
    for (const stream of subjectsOf(rule.about, bySlot, zones)) {
      if (rule.on(stream, zones)) instances.push(bind(rule, stream, world, instances.length));
    }
  }
  const slots: Instance[][] = [];
  for (const instance of instances) {
    if (!instance.isWatch) (slots[instance.stream.slot] ??= []).push(instance);
  }
  return {
    ...listen(instances),
    instances,
    bySlot: Array.from(slots),
    byDevice: Map.groupBy(instances, (instance) => instance.stream.dev),
    byAlarm: new Map(instances.map((instance) => [instance.alarm, instance])),
    silences: instances.filter((instance) => instance.isSilence),
    alarms: new Map(rules.filter((rule) => rule.calls).map((rule) => [rule.id, rule.alarm])),
    actions: new Map([
      ...rules.map((rule) => [rule.id, rule.actions] as const),
      ...(guarded.ownActions ?? []),
    ]),
    demands: demandsOf(instances),
    interlocks: interlocksOf(bySlot, guarded),
  };
}

function bind(rule: Rule, stream: OpenStream, world: World, index: number): Instance {
  const bound = rule.levels.map(({ priority, raise, clear, bind: on }): BoundLevel => {
    return { priority, raise, clear, ...on(stream, world) };
  });
  const isWatch = bound.some((level) => level.watch !== null);
  const levels = isWatch ? bound.map((level) => ({ ...level, ...asWatch(level, stream) })) : bound;
  const { when } = rule;
  const { zones } = world;
  // All other facts stand still while a rule set is in force, so a guard is two answers, no program.
  const outcomes =
    when === null
      ? null
      : {
          well: when({ stream, zones, healthy: true }),
          ill: when({ stream, zones, healthy: false }),
        };
  const subject = stream.slot === 0 ? stream.dev : stream.id;
  return {
    index,
    rule,
    stream,
    subject,
    alarm: `${subject}/${rule.id}`,
    levels,
    guard: outcomes?.well === true && outcomes.ill ? null : outcomes,
    isSilence: levels.some((level) => level.silenceMs !== null),
    isWatch,
  };
}

/** One output of a device: a board may have a siren and a light. */
export function outputOf({ device, on }: DriveAction): string {
  return `${device} ${on}`;
}

function demandsOf(instances: readonly Instance[]): Map<string, Demand[]> {
  const demands = new Map<string, Demand[]>();
  for (const { alarm, rule } of instances) {
    for (const action of rule.actions) {
      if (action.kind !== 'drive') continue;
      const output = outputOf(action);
      const known = demands.get(output);
      if (known === undefined) demands.set(output, [{ alarm, action }]);
      else known.push({ alarm, action });
    }
  }
  return demands;
}
