import { isAct, type LogRecord } from '../../domain/record.ts';
import type { WrittenEvent } from '../event-writer.ts';
import { instant, NONE } from './drafting.ts';

/** The verb of an act by which a person says that an event was wrong; its object is the eventID. */
export const WITHDRAW_EVENT = 'withdraw-event';

const WITHDRAWAL_REASONS = ['did_not_occur', 'incorrect_data'] as const;

/** What such an act says. */
type Withdrawal = {
  readonly event: string;
  readonly reason: (typeof WITHDRAWAL_REASONS)[number];
  readonly corrective: string | null;
  readonly t: number;
};

/**
 * The act's `old` is the reason of CBV 2.0, `new` the event that is right instead. Null for any other record
 * and for an act that was refused.
 */
export function withdrawalIn({ t, body }: LogRecord): Withdrawal | null {
  if (!isAct(body)) return null;
  const [, , verb, event, old, corrective, , result] = body;
  const reason = WITHDRAWAL_REASONS.find((one) => one === old);
  if (verb !== WITHDRAW_EVENT || result !== 0 || reason === undefined) return null;
  return { event, reason, corrective, t };
}

/** The same event, with the declaration that it was wrong (EPCIS 2.0 section 7.4.1.3). Its name stays. */
export function declaredWrong(event: WrittenEvent, { reason, corrective, t }: Withdrawal): WrittenEvent {
  const errorDeclaration = {
    declarationTime: instant(t),
    reason,
    ...(corrective === null ? {} : { correctiveEventIDs: [corrective] }),
    extensions: NONE,
  };
  return { ...event, recordTime: instant(t), errorDeclaration };
}
