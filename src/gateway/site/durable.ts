import { Refused } from '../../domain/errors.ts';
import type { Input } from '../../intake/input.ts';

/**
 * Brings an input in and waits until it is durable.
 * @param over aborts when nothing is awaited any more; what is taken may still become durable
 * @throws Refused when nothing is taken any more, or it was over first
 */
export function makeDurable(add: (input: Input) => boolean, input: Input, over: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = (): void =>
    reject(new Refused('CONFLICT', 'the gateway is stopping and takes no more records'));
  const committed = (): void => {
    over.removeEventListener('abort', giveUp);
    resolve();
  };
  over.addEventListener('abort', giveUp, { once: true });
  if (!add({ ...input, committed }) || over.aborted) {
    over.removeEventListener('abort', giveUp);
    giveUp();
  }
  return promise;
}
