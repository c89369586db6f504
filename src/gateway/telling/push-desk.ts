import { createPrivateKey } from 'node:crypto';
import type { Pushing, PushOrder, PushState } from '../../api/push-types.ts';
import { BY_PAGE } from '../../config/people-schema.ts';
import type { SecretStore } from '../../config/secret.ts';
import { Refused } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type ActBody } from '../../domain/record.ts';
import type { Input } from '../../intake/input.ts';
import { publicPoint } from '../../notify/web-push.ts';
import { makeDurable } from '../site/durable.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { PushStore } from './push-store.ts';

export type PushDeskParts = {
  readonly site: Pick<SiteConfiguration, 'data' | 'channels' | 'people' | 'users'>;
  readonly secrets: SecretStore;
  readonly add: (input: Input) => boolean;
  readonly now: () => number;
  readonly over: AbortSignal;
};

/** Takes and gives up subscriptions of the browsers of those whom `notify.people` calls by the page. */
export class PushDesk implements Pushing {
  readonly browsers: PushStore;
  readonly #parts: PushDeskParts;
  readonly #key: string | null;

  constructor(parts: PushDeskParts) {
    this.#parts = parts;
    this.browsers = new PushStore(parts.site.data);
    const channel = parts.site.channels.find((one) => one.kind === 'web-push');
    this.#key =
      channel === undefined ? null : publicPoint(createPrivateKey(parts.secrets.read(channel.key).reveal()));
  }

  state(actor: number): PushState {
    const person = this.#personOf(actor);
    if (person === null) return { key: null, browsers: 0 };
    return { key: this.#key, browsers: this.browsers.of(person).length };
  }

  async subscribe(actor: number, role: string, order: PushOrder): Promise<void> {
    const person = this.#need(actor);
    this.browsers.add(person, order);
    await this.#record([actor, role, 'subscribe', person, null, null, '', 0]);
  }

  async unsubscribe(actor: number, role: string, endpoint: string): Promise<void> {
    const person = this.#need(actor);
    this.browsers.remove(person, endpoint);
    await this.#record([actor, role, 'unsubscribe', person, null, null, '', 0]);
  }

  /** Which browser is nobody's business: the record says whose. */
  #record(body: ActBody): Promise<void> {
    const { add, now, over } = this.#parts;
    return makeDurable(add, { records: [{ slot: EVENTS_SLOT, t: now(), type: RecordType.act, body }] }, over);
  }

  #need(actor: number): string {
    const person = this.#key === null ? null : this.#personOf(actor);
    if (person !== null) return person;
    throw new Refused('NOT_ALLOWED', 'notify.people names nobody with your id and push: page');
  }

  /** The user and the person are one where they have the same id. */
  #personOf(actor: number): string | null {
    const id = this.#parts.site.users.find((user) => user.number === actor)?.id;
    return this.#parts.site.people.find((one) => one.id === id && one.push === BY_PAGE)?.id ?? null;
  }
}
