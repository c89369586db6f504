import type { OutboxDraft } from '../domain/deciding.ts';
import type { ActBody, LogRecord } from '../domain/record.ts';
import { everybody } from './break-glass.ts';
import type { RuleSet } from './rule-set.ts';

/** The verb of the act by which the gateway itself goes back to the rules that were confirmed last. */
export const ROLL_BACK = 'roll-back-rules';
/** The role of acts that are nobody's. */
export const GATEWAY_ROLE = 'gateway';
/** What such a notice is about, where the name of an alarm stands. */
export const ROLLED_BACK = 'gateway/rules-rolled-back';

/** Everybody whom any rule would tell is told, whether it could be done (result 0) or not. */
export function rolledBack(set: RuleSet, act: ActBody, record: LogRecord): OutboxDraft[] {
  const [actor, role, verb] = act;
  return actor === 0 && role === GATEWAY_ROLE && verb === ROLL_BACK
    ? everybody(set, ROLLED_BACK, record)
    : [];
}
