import type { Pushing, PushOrder } from './push-types.ts';

/** Somebody's browsers, and a key to subscribe with. */
export class MemoryPushing implements Pushing {
  readonly browsers: PushOrder[] = [];
  key: string | null =
    'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4';

  state() {
    return { key: this.key, browsers: this.browsers.length };
  }

  subscribe(_actor: number, _role: string, order: PushOrder) {
    return Promise.resolve(void this.browsers.push(order));
  }

  unsubscribe(_actor: number, _role: string, endpoint: string) {
    const at = this.browsers.findIndex((one) => one.endpoint === endpoint);
    if (at >= 0) this.browsers.splice(at, 1);
    return Promise.resolve();
  }
}
