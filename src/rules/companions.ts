import type { Text } from '../domain/alarm.ts';
import type { Priority } from '../domain/alarm.ts';
import { discovered } from './discovered.ts';
import { Fields } from './fields.ts';
import { ignorance } from './ignorance.ts';
import type { Kind } from './kinds/kind.ts';
import { silenceOver } from './kinds/silent.ts';
import type { Delay, OnUnknown, Rule } from './rule.ts';
import { readDelay, readDuration, readPriority } from './values.ts';

type UnknownAlarm = { readonly priority: Priority; readonly afterMs: number; readonly clear: Delay };
type OnLate = { readonly alarm: Priority | null } | null;

/** `tell`, `ignore`, or `{ alarm: medium, after: 2m, clear-after: 3 samples }`: an alarm of its own. */
export function readOnUnknown(rule: Fields): { tell: OnUnknown; alarm: UnknownAlarm | null } {
  const raw = rule.raw('on-unknown') ?? 'tell';
  if (raw === 'tell' || raw === 'ignore') return { tell: raw, alarm: null };
  if (typeof raw === 'string') {
    rule.fail('on-unknown', 'must be tell, ignore or { alarm: …, after: …, clear-after: … }');
    return { tell: 'tell', alarm: null };
  }
  const keys = ['alarm', 'after', 'clear-after'];
  const fields = Fields.of(raw, rule.at('on-unknown'), rule.problems, keys);
  const priority = fields === null ? null : readPriority(fields, 'alarm');
  const afterMs = fields === null ? null : readDuration(fields, 'after', 1);
  const clear = fields === null ? null : readDelay(fields, 'clear-after');
  if (priority === null || afterMs === null || clear === null) return { tell: 'tell', alarm: null };
  return { tell: 'tell', alarm: { priority, afterMs, clear } };
}

/** `tell` (a finding on record), `ignore`, or `{ alarm: medium }`: what a late reading that is outside says. */
export function readOnLate(rule: Fields): OnLate {
  const raw = rule.raw('on-late') ?? 'tell';
  if (raw === 'ignore') return null;
  if (raw === 'tell') return { alarm: null };
  if (typeof raw === 'string') {
    rule.fail('on-late', 'must be tell, ignore or { alarm: … }');
    return null;
  }
  const fields = Fields.of(raw, rule.at('on-late'), rule.problems, ['alarm']);
  return fields === null ? null : { alarm: readPriority(fields, 'alarm') };
}

/**
 * Rules that a rule brings along: its input unknown for too long as an alarm of its own, beside the
 * one it blinds; and what late readings show to have been outside.
 */
export function companionsOf(rule: Rule, kind: Kind, unknown: UnknownAlarm | null, late: OnLate): Rule[] {
  const companions: Rule[] = [];
  if (unknown !== null) companions.push(unknownOf(rule, kind, unknown));
  if (late !== null && kind.seesLate) companions.push(discoveredOf(rule, late.alarm));
  return companions;
}

function unknownOf(rule: Rule, kind: Kind, { priority, afterMs, clear }: UnknownAlarm): Rule {
  const level = kind.looksAround
    ? { priority, raise: { ms: afterMs }, clear, bind: ignorance(rule.id) }
    : { priority, raise: { ms: 0 }, clear, bind: silenceOver(() => afterMs) };
  const title = { en: `${rule.alarm.title.en}: not known`, zh: `${rule.alarm.title.zh}:状态未知` };
  return { ...companion(rule, 'unknown', title, priority), kind: 'silent', levels: [level] };
}

function discoveredOf(rule: Rule, priority: Priority | null): Rule {
  const title = { en: `${rule.alarm.title.en}: seen later`, zh: `${rule.alarm.title.zh}：事后发现` };
  const own = companion(rule, 'discovered', title, priority ?? rule.alarm.priority);
  const levels = [
    { priority: own.alarm.priority, raise: { ms: 0 }, clear: { ms: 0 }, bind: discovered(rule) },
  ];
  return {
    ...own,
    levels,
    calls: priority !== null,
    onUnknown: 'ignore',
    actions: priority === null ? [] : rule.actions,
  };
}

function companion(rule: Rule, name: string, title: Text, priority: Priority): Rule {
  const id = `${rule.id}.${name}`;
  return { ...rule, id, alarm: { ...rule.alarm, rule: id, title, priority, escalate: null } };
}
