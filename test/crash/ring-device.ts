import { setTimeout as delay } from 'node:timers/promises';
import { MqttPublisher } from '../mqtt-publisher.ts';

const TICK_MS = 5;
const RETRY_MS = 30;

/**
 * A device with a ring: it counts its messages and keeps each until the gateway's own broker has
 * acknowledged it. Whenever the line comes back it sends those again first, the oldest first.
 */
export class RingDevice {
  /** Messages made so far, numbered from 0. */
  made = 0;
  readonly #topic: string;
  /** What its n-th message says beside number and time. */
  readonly #says: (seq: number) => object;
  readonly #ring = new Map<number, string>();
  #stopped = false;

  constructor(topic: string, says: (seq: number) => object = () => ({})) {
    this.#topic = topic;
    this.#says = says;
  }

  get unacknowledged(): number {
    return this.#ring.size;
  }

  /** No more messages from now on; those it has it still sends. */
  stop(): void {
    this.#stopped = true;
  }

  /** Forgets what it has: nobody will take it any more. */
  giveUp(): void {
    this.#stopped = true;
    this.#ring.clear();
  }

  /** Makes so many messages a second until stopped, and is done when all are acknowledged. */
  async run(port: number, perSecond: number): Promise<void> {
    const begun = performance.now();
    const due = (): number =>
      this.#stopped ? this.made : Math.floor(((performance.now() - begun) * perSecond) / 1000);
    while (this.#isBusy) {
      const publisher = await MqttPublisher.open(port, this.#topic.replaceAll('/', '-')).catch(
        () => null, // Nobody listens: the gateway is dead at this moment.
      );
      if (publisher === null) {
        await delay(RETRY_MS);
        continue;
      }
      for (const seq of this.#ring.keys()) this.#send(publisher, seq);
      while (!publisher.isLost && this.#isBusy) {
        for (const end = due(); this.made < end; this.made++) {
          const time = new Date().toISOString();
          this.#ring.set(this.made, JSON.stringify({ seq: this.made, time, ...this.#says(this.made) }));
          this.#send(publisher, this.made);
        }
        await delay(TICK_MS);
      }
      publisher[Symbol.dispose]();
    }
  }

  get #isBusy(): boolean {
    return !this.#stopped || this.#ring.size > 0;
  }

  #send(publisher: MqttPublisher, seq: number): void {
    publisher.publish(this.#topic, this.#ring.get(seq) ?? '').then(
      () => this.#ring.delete(seq),
      () => undefined, // Lost on the way, or its answer was: it stays in the ring.
    );
  }
}
