import { DeviceError } from '../../domain/errors.ts';
import { isUsable } from '../../domain/reading.ts';
import type { OpenStream } from '../../domain/stream.ts';
import type { Command } from '../../notify/port.ts';
import { objectionTo, type Interlocks } from '../../rules/interlocks.ts';
import type { Live } from '../recording/live.ts';

/** No order lives longer than this, ms, on time that never steps (S12): a late one moves what nobody looks at any more. */
const LONGEST_LIFE_MS = 10_000;

/** The last gate before a device: every order passes it, whoever gave it, also one that waited in the outbox. */
export function interlocked(
  locks: Interlocks,
  live: Pick<Live, 'latest'>,
  now: () => number,
  command: Command,
): Command {
  const valueOf = ({ slot, maxGapMs }: OpenStream): number | null => {
    const latest = live.latest(slot);
    if (latest === undefined || !isUsable(latest.v, latest.q)) return null;
    return now() - latest.t > maxGapMs ? null : latest.v;
  };
  return async (device, order, signal) => {
    const objection = objectionTo(locks, { device, verb: order.verb }, valueOf);
    if (objection !== null) throw new DeviceError('REFUSED', objection);
    const at = now();
    if (order.expiresAt <= at) throw new DeviceError('REFUSED', `${order.verb} of ${device} came too late`);
    await command(device, { ...order, expiresAt: Math.min(order.expiresAt, at + LONGEST_LIFE_MS) }, signal);
  };
}
