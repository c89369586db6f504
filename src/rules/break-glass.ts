import type { OutboxDraft } from '../domain/deciding.ts';
import type { ActBody, LogRecord } from '../domain/record.ts';
import { noticesTo } from './calls.ts';
import { BREAK_GLASS, onBreakGlass } from './openings.ts';
import type { RuleSet } from './rule-set.ts';

const NOTICE_EXPIRY_MS = 24 * 3_600_000;

/** A person opens past every rule: the order, and a notice to everybody whom any rule would tell. Never silent. */
export function breakGlass(set: RuleSet, act: ActBody, record: LogRecord): OutboxDraft[] {
  const [order, ...others] = onBreakGlass(set.interlocks, act, record);
  if (order === undefined) return [];
  const [, , , device] = act;
  return [order, ...others, ...everybody(set, `${device}/${BREAK_GLASS}`, record)];
}

/** The device of such a notice; null when it is about something else. */
export function breakGlassDevice(alarm: string): string | null {
  const end = `/${BREAK_GLASS}`;
  return alarm.endsWith(end) ? alarm.slice(0, -end.length) : null;
}

/** A notice to everybody whom any rule would tell, once to each. */
export function everybody(set: RuleSet, alarm: string, { t, slot, seq }: LogRecord): OutboxDraft[] {
  const routes = [...set.actions.values()].flat().flatMap((a) => (a.kind === 'notify' ? [a.route] : []));
  const unique = new Map(routes.map((route) => [route.id, route]));
  const told = [...unique.values()].flatMap((route) => route.steps.map((step) => ({ route, step })));
  const about = { alarm, cause: { slot, seq }, priority: 1 } as const;
  const drafts = told.flatMap(({ route, step }) =>
    noticesTo(route, step, about, t, t + NOTICE_EXPIRY_MS, ''),
  );
  // Who is in two routes is told once.
  return [...new Map(drafts.map((draft) => [draft.outbox.key, draft])).values()];
}
