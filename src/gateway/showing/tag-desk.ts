import type { Actor } from '../../api/actor.ts';
import type { Seen } from '../../api/seen-port.ts';
import type { Tags } from '../../api/seen-types.ts';
import { Refused } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type ActBody } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { Input } from '../../intake/input.ts';
import { BIND_TAG, type TagBindings } from '../../intake/tag-bindings.ts';
import { makeDurable } from '../site/durable.ts';
import { OWNER } from '../site/operator.ts';

type TagDesk = Seen['tags'];

const NUMBER = /^(?:[0-9a-f]{2}){1,62}$/;

export type TagDeskParts = {
  readonly bindings: TagBindings;
  readonly add: (input: Input) => boolean;
  readonly now: () => number;
  /** Aborts when the gateway failed: what waits to become durable is refused. */
  readonly over: AbortSignal;
  /** Names of people by the number that stands in records. */
  readonly people: ReadonlyMap<number, string>;
};

/** Binds tags to chips by the word of two persons, each of them on record. */
export class GatewayTags implements TagDesk {
  readonly #parts: TagDeskParts;

  constructor(parts: TagDeskParts) {
    this.#parts = parts;
  }

  state(): Tags {
    const { bindings, now, people } = this.#parts;
    const waiting = bindings.asked(now()).map(({ epc, tid, actor, t }) => {
      return { epc, tid, by: people.get(actor) ?? String(actor), at: t };
    });
    return { ...bindings.share, waiting };
  }

  async bind(epc: string, tid: string, by: Actor & { readonly reason: string }): Promise<void> {
    const { bindings, add, now, over } = this.#parts;
    for (const number of [epc, tid]) {
      if (!NUMBER.test(number)) throw new Refused('INVALID', `"${number}" is no number of a tag`);
    }
    if (by.actor <= OWNER) {
      throw new Refused(
        'NOT_ALLOWED',
        'a tag is bound by two named persons: use a token of your own (users:)',
      );
    }
    const t = now();
    const objection = bindings.objectionTo(epc, tid, by.actor, t);
    if (objection !== null) throw new Refused('CONFLICT', objection);
    const old = bindings.boundTo(epc);
    const body: ActBody = [by.actor, recordText(by.role), BIND_TAG, epc, old, tid, recordText(by.reason), 0];
    await makeDurable(add, { records: [{ slot: EVENTS_SLOT, t, type: RecordType.act, body }] }, over);
  }
}
