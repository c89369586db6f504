import type { Act, Actor, Operator } from '../api/port.ts';
import type { Meaning } from '../api/types.ts';
import { permits } from '../alarms/acts.ts';
import { Refused } from '../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type ActBody } from '../domain/record.ts';
import { recordText } from '../domain/text.ts';
import type { Deciding } from '../intake/deciding.ts';
import type { Input } from '../intake/input.ts';
import { makeDurable } from './durable.ts';

/** What people do enters by the same door as readings, is decided and journaled, and then resolves. */
export class GatewayOperator implements Operator {
  readonly #deciding: Deciding;
  readonly #add: (input: Input) => boolean;
  readonly #now: () => number;
  readonly #over: AbortSignal;

  /** @param over aborts when the gateway failed: what waits to become durable is refused */
  constructor(deciding: Deciding, add: (input: Input) => boolean, now: () => number, over: AbortSignal) {
    this.#deciding = deciding;
    this.#add = add;
    this.#now = now;
    this.#over = over;
  }

  async acknowledge(
    alarm: string,
    by: Actor & { readonly meaning: Meaning; readonly reason: string },
  ): Promise<void> {
    const { roster, alarms } = this.#deciding;
    const objection = permits(roster, alarms, 'acknowledge', alarm);
    if (objection !== null) throw new Refused(objection.isUnknown ? 'NOT_FOUND' : 'CONFLICT', objection.why);
    const reason = by.reason === '' ? by.meaning : `${by.meaning}: ${by.reason}`;
    await this.record({ ...by, verb: 'acknowledge', object: alarm, reason, result: 'done' });
  }

  record({ actor, role, verb, object, reason, result }: Act): Promise<void> {
    const done = result === 'done' ? 0 : 1;
    const by = [actor, recordText(role)] as const;
    const body: ActBody = [...by, recordText(verb), recordText(object), null, null, recordText(reason), done];
    const records = [{ slot: EVENTS_SLOT, t: this.#now(), type: RecordType.act, body }];
    return makeDurable(this.#add, { records }, this.#over);
  }
}
