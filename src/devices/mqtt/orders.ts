import type { CommandOrderTo } from '../../domain/device.ts';
import { DeviceError } from '../../domain/errors.ts';
import type { Inbox } from './inbox.ts';
import { compilePath, textOf } from './json-path.ts';
import type { Message } from './message.ts';
import { fill, type ProfileCommand } from './profile.ts';

type Waiting = {
  readonly topic: string;
  readonly confirms: (message: Message) => boolean;
  readonly done: () => void;
};

/** Sends a message with QoS 1; resolves when it arrived, rejects with a DeviceError when not. */
type Publish = (topic: string, payload: string) => Promise<void>;

const LONGEST_MS = 10_000;

/** Carries orders to actuators and waits until they say what they did. */
export class Orders {
  readonly #commands: ReadonlyMap<string, ReadonlyMap<string, ProfileCommand>>;
  readonly #publish: Publish;
  readonly #now: () => number;
  readonly #waiting = new Set<Waiting>();

  constructor(
    commands: ReadonlyMap<string, ReadonlyMap<string, ProfileCommand>>,
    inbox: Inbox,
    publish: Publish,
    now: () => number,
  ) {
    this.#commands = commands;
    this.#publish = publish;
    this.#now = now;
    const topics = [...commands.values()].flatMap((verbs) =>
      [...verbs.values()].map((c) => c.confirm?.topic),
    );
    for (const topic of new Set(topics)) {
      if (topic !== undefined) inbox.watch(topic, (message) => this.#see(topic, message));
    }
  }

  /**
   * Resolves when the device confirmed on the profile's topic, or, where the profile names none,
   * when the broker took the order. An order past its time is not sent: nothing sounds or opens late.
   */
  async carryOut(device: string, order: CommandOrderTo, signal: AbortSignal): Promise<void> {
    const command = this.#commands.get(device)?.get(order.verb);
    if (command === undefined) throw new DeviceError('REFUSED', `${device} does not know ${order.verb}`);
    const left = Math.min(order.expiresAt - this.#now(), LONGEST_MS);
    if (left <= 0) throw new DeviceError('REFUSED', `order ${order.id} expired ${-left} ms ago`);
    if (command.payload.includes('{arg}') && order.arg === null) {
      throw new DeviceError('REFUSED', `${order.verb} of ${device} needs an argument`);
    }
    const late = AbortSignal.any([signal, AbortSignal.timeout(left)]);
    const confirmed = command.confirm === undefined ? null : this.#expect(command.confirm);
    try {
      await before(
        late,
        this.#publish(command.topic, fill(command.payload, { arg: String(order.arg) })),
        () => {
          return `no answer from the broker to ${order.verb} of ${device} within ${left} ms`;
        },
      );
      if (confirmed === null) return;
      await before(late, confirmed.promise, () => {
        return `${device} did not confirm ${order.verb} on ${confirmed.waiting.topic} within ${left} ms`;
      });
    } finally {
      if (confirmed !== null) this.#waiting.delete(confirmed.waiting);
    }
  }

  #expect(confirm: NonNullable<ProfileCommand['confirm']>) {
    const find = confirm.path === undefined ? null : compilePath(confirm.path);
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting: Waiting = {
      topic: confirm.topic,
      confirms: (message) => {
        if (find === null) return message.text === confirm.equals;
        return message.json.ok && textOf(find(message.json.value)) === confirm.equals;
      },
      done: resolve,
    };
    this.#waiting.add(waiting);
    return { waiting, promise };
  }

  #see(topic: string, message: Message): void {
    // What the broker had retained was said before the order.
    if (message.retained) return;
    for (const waiting of this.#waiting) {
      if (waiting.topic === topic && waiting.confirms(message)) waiting.done();
    }
  }
}

/** The work, or when the signal aborts first a TIMEOUT in these words. */
export async function before(signal: AbortSignal, work: Promise<void>, late: () => string): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new DeviceError('TIMEOUT', late()));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
