import type { AlarmsState } from '../alarms/state.ts';
import { Priority } from '../domain/alarm.ts';
import type { OutboxEntry } from '../domain/commit.ts';

/**
 * In a flood of alarms a notice may wait to be told with others, and says so; what is urgent never
 * waits. Nothing is dropped: each notice stays an outbox entry and a record of its own.
 */
export function markInFlood<T extends { readonly outbox?: OutboxEntry }>(
  alarms: Pick<AlarmsState, 'get' | 'watch'>,
  output: T,
): T {
  const { outbox } = output;
  if (outbox?.body.kind !== 'notice' || !alarms.watch.isFlood) return output;
  if (alarms.get(outbox.body.alarm)?.priority === Priority.urgent) return output;
  return { ...output, outbox: { ...outbox, body: { ...outbox.body, inFlood: true } } };
}
