import type { AlarmRule } from '../domain/deciding.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { Action, Condition, DriveAction, Level, Rule } from './rule.ts';
import type { Zones } from './site.ts';

export type BoundLevel = Pick<Level, 'priority' | 'raise' | 'clear'> & Condition;

/** What `when:` says while the stream's device is well and while it is ill; null without a guard. */
export type GuardOutcomes = { readonly well: boolean; readonly ill: boolean };

/** One rule on one subject. */
export type Instance = {
  readonly index: number;
  readonly rule: Rule;
  readonly stream: OpenStream;
  readonly subject: string;
  /** `<subject>/<rule>`. */
  readonly alarm: string;
  readonly levels: readonly BoundLevel[];
  readonly guard: GuardOutcomes | null;
  /** Its condition is absence: it waits from the start on, and bad readings do not reach it. */
  readonly isSilence: boolean;
};

/** Who may want a device on. */
type Demand = { readonly alarm: string; readonly action: DriveAction };

/** Rules bound to open streams, indexed so that a record touches only what it concerns. */
export type RuleSet = {
  readonly instances: readonly Instance[];
  readonly bySlot: readonly (readonly Instance[] | undefined)[];
  readonly byDevice: ReadonlyMap<string, readonly Instance[]>;
  readonly byAlarm: ReadonlyMap<string, Instance>;
  readonly silences: readonly Instance[];
  /** By rule id, as the alarm machine wants them. */
  readonly alarms: ReadonlyMap<string, AlarmRule>;
  readonly actions: ReadonlyMap<string, readonly Action[]>;
  /** By output (`outputOf`), who may want it on. */
  readonly demands: ReadonlyMap<string, readonly Demand[]>;
};

/** Binds in the order of rules, then of slots: the order in which timers of one deadline fire. */
export function bindRules(rules: readonly Rule[], streams: readonly OpenStream[], zones: Zones): RuleSet {
  const bySlot = [...streams].sort((a, b) => a.slot - b.slot);
  const pairs = rules.flatMap((rule) =>
    bySlot.filter((stream) => rule.on(stream, zones)).map((stream) => ({ rule, stream })),
  );
  const instances = pairs.map(({ rule, stream }, index) => bind(rule, stream, zones, index));
  const slots: Instance[][] = [];
  for (const instance of instances) (slots[instance.stream.slot] ??= []).push(instance);
  return {
    instances,
    bySlot: Array.from(slots),
    byDevice: Map.groupBy(instances, (instance) => instance.stream.dev),
    byAlarm: new Map(instances.map((instance) => [instance.alarm, instance])),
    silences: instances.filter((instance) => instance.isSilence),
    alarms: new Map(rules.map((rule) => [rule.id, rule.alarm])),
    actions: new Map(rules.map((rule) => [rule.id, rule.actions])),
    demands: demandsOf(instances),
  };
}

function bind(rule: Rule, stream: OpenStream, zones: Zones, index: number): Instance {
  const levels = rule.levels.map(({ priority, raise, clear, bind: on }): BoundLevel => {
    return { priority, raise, clear, ...on(stream) };
  });
  const { when } = rule;
  // All other facts stand still while a rule set is in force, so a guard is two answers, no program.
  const outcomes =
    when === null
      ? null
      : {
          well: when({ stream, zones, healthy: true }),
          ill: when({ stream, zones, healthy: false }),
        };
  return {
    index,
    rule,
    stream,
    subject: stream.id,
    alarm: `${stream.id}/${rule.id}`,
    levels,
    guard: outcomes?.well === true && outcomes.ill ? null : outcomes,
    isSilence: levels.some((level) => level.silenceMs !== null),
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
