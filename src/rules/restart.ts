import { isAct, type LogRecord } from '../domain/record.ts';
import type { StreamSpec } from '../domain/stream.ts';

/** The verb of the act. */
export const RESTART = 'restart';

/** Whether a person says of this stream that it counts anew from here: other goods lie there now. */
export function isRestart({ body }: LogRecord, { id }: Pick<StreamSpec, 'id'>): boolean {
  if (!isAct(body)) return false;
  const [, , verb, object, , , , result] = body;
  return verb === RESTART && object === id && result === 0;
}
