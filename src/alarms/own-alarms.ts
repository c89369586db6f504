import { Priority } from '../domain/alarm.ts';
import type { AlarmRule } from '../domain/deciding.ts';

/** Whom the alarms of the alarm machine itself are about. */
export const OWN_SUBJECT = 'gateway';

const BASIS = 'ISA-18.2 / IEC 62682';

function own(rule: string, en: string, zh: string, priority: Priority, basis: string): AlarmRule {
  return {
    rule,
    title: { en, zh },
    basis: `${BASIS}, ${basis}`,
    priority,
    latch: false,
    escalate: null,
  };
}

export const FLOOD_RULE = own(
  'alarm-flood',
  'Alarm flood: more than 10 alarms in 10 minutes',
  '报警泛滥：10 分钟内超过 10 次报警',
  Priority.high,
  'R34',
);
export const STALE_RULE = own(
  'stale-alarm',
  'An alarm has been standing for more than 24 hours',
  '有报警持续超过 24 小时',
  Priority.medium,
  'R35',
);
export const CHATTER_RULE = own(
  'chattering-alarm',
  'An alarm chatters: 3 times within a minute',
  '有报警反复跳变：一分钟内三次',
  Priority.low,
  'R36',
);

/** By alarm id, `gateway/<rule>`. */
export const OWN_ALARMS: ReadonlyMap<string, AlarmRule> = new Map(
  [FLOOD_RULE, STALE_RULE, CHATTER_RULE].map((rule) => [`${OWN_SUBJECT}/${rule.rule}`, rule]),
);
