import type { Word } from './words.ts';

/** What a person may do here: the operation of the API, its place, and what it asks for. */
export type Doing = {
  /** Id of the operation in the API's document. */
  readonly operation: string;
  readonly word: Word;
  /** Behind the alarm's or zone's own address. */
  readonly path: string;
  readonly asks: 'meaning' | 'time' | 'reason';
};

export const ACKNOWLEDGE: Doing = {
  operation: 'acknowledge',
  word: 'acknowledge',
  path: 'acknowledge',
  asks: 'meaning',
};
export const RESET: Doing = { operation: 'resetAlarm', word: 'reset', path: 'reset', asks: 'reason' };
export const SHELVE: Doing = { operation: 'shelve', word: 'shelve', path: 'shelve', asks: 'time' };
export const UNSHELVE: Doing = { operation: 'unshelve', word: 'unshelve', path: 'unshelve', asks: 'reason' };
export const COMMENT: Doing = { operation: 'comment', word: 'comment', path: 'comments', asks: 'reason' };
export const TAKE_OUT: Doing = {
  operation: 'takeOutOfService',
  word: 'takeOut',
  path: 'out-of-service',
  asks: 'reason',
};
export const PUT_BACK: Doing = {
  operation: 'putBackIntoService',
  word: 'putBack',
  path: 'in-service',
  asks: 'reason',
};
export const MAINTAIN: Doing = { operation: 'maintain', word: 'maintain', path: 'maintenance', asks: 'time' };
export const END_MAINTENANCE: Doing = {
  operation: 'endMaintenance',
  word: 'endMaintenance',
  path: 'maintenance/end',
  asks: 'reason',
};
export const CLAIM_ORDER: Doing = {
  operation: 'claimOrder',
  word: 'claimOrder',
  path: 'claim',
  asks: 'reason',
};
export const SETTLE_ORDER: Doing = {
  operation: 'settleOrder',
  word: 'settleOrder',
  path: 'settle',
  asks: 'reason',
};
/** About the rules as a whole. */
export const CONFIRM_RULES: Doing = {
  operation: 'confirmRules',
  word: 'confirmRules',
  path: 'confirm',
  asks: 'reason',
};
export const REVERT_RULES: Doing = {
  operation: 'revertRules',
  word: 'revertRules',
  path: 'revert',
  asks: 'reason',
};
export const TRY_RULES: Doing = { operation: 'tryRules', word: 'tryRules', path: 'try', asks: 'reason' };

const MINUTE = 60_000;
/** Lengths to choose from, ms; what the rule does not allow is not offered. */
export const LENGTHS: readonly number[] = [15, 60, 240, 480, 1440].map((minutes) => minutes * MINUTE);
