import type { Orders } from '../../api/order-port.ts';
import { Refused } from '../../domain/errors.ts';
import type { Batching } from '../recording/batching.ts';
import type { DeviceRunner } from '../recording/device-runner.ts';
import type { Live } from '../recording/live.ts';
import { interlocked } from '../telling/interlocking.ts';
import type { GatesParts } from './gates.ts';

export type GatingParts = Omit<GatesParts, 'goods' | 'add' | 'command'> & {
  readonly live: Live;
  readonly batching: Batching;
  readonly devices: DeviceRunner;
};

/** Orders, and the gates that serve them. */
export type Gating = {
  readonly orders: Orders;
  /** Gates begin with what they find half done. */
  start(): void;
  /** Something was committed. */
  poke(): void;
};

/**
 * Opens the gates of a site. What they need is loaded only where goods are configured, the ledger's client only
 * where a portal has a gate. @throws ConfigError
 */
export async function openGating(opening: AsyncDisposableStack, parts: GatingParts): Promise<Gating> {
  const { site, core, live, batching, devices } = parts;
  const { goods } = core.deciding;
  if (goods === null) return { orders: NO_ORDERS, start: () => undefined, poke: () => undefined };
  const now = (): number => core.clock.now();
  const add = batching.add.bind(batching);
  const command = interlocked(core.deciding.set.interlocks, live, now, devices.command.bind(devices));
  const isAny = site.goods?.portals.some(({ gate }) => gate !== null) ?? false;
  const made = isAny ? await import('./gates.ts') : null;
  const gates = made === null ? null : opening.use(new made.Gates({ ...parts, goods, add, command }));
  const { OrderDesk } = await import('./order-desk.ts');
  return {
    orders: new OrderDesk({ site, goods, gates, add, now, over: parts.over }),
    start: () => gates?.start(),
    poke: () => gates?.poke(),
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new Refused('NOT_FOUND', 'no goods are configured here (goods:)'));
const NO_ORDERS: Orders = {
  list: () => [],
  find: () => null,
  tell: refuse,
  claim: refuse,
  settle: refuse,
};
