import type { PortalSettings } from '../../config/goods-settings.ts';
import type { ItemFact } from '../../domain/goods/facts.ts';
import type { OrderFact } from '../../domain/goods/orders.ts';
import type { LocalFacts } from '../../gate/ports.ts';
import type { Goods } from '../../goods/goods.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { DeviceHealth } from '../../intake/device-health.ts';
import type { OpenStream } from '../../domain/stream.ts';

/** Rules that say that goods are not as they have to be. */
const CONDITION: ReadonlySet<string> = new Set(['limit', 'exposure', 'rate']);

/** What a gate knows without asking anybody. */
export class GatewayFacts implements LocalFacts {
  readonly #portal: PortalSettings;
  readonly #goods: Goods;
  readonly #parts: FactsParts;

  constructor(portal: PortalSettings, goods: Goods, parts: FactsParts) {
    this.#portal = portal;
    this.#goods = goods;
    this.#parts = parts;
  }

  order(order: string): OrderFact | null {
    return this.#goods.orders.get(order);
  }

  orders(): readonly OrderFact[] {
    return this.#goods.orders.list();
  }

  item(epc: string): ItemFact | null {
    return this.#goods.item(epc);
  }

  now(): number {
    return this.#parts.now();
  }

  reader(): 'well' | 'ill' | 'unknown' {
    const { id, point } = this.#portal;
    if (this.#goods.passages.isIll(id)) return 'ill';
    return this.#healthOf(point.split('/')[0] ?? '');
  }

  barrier(): 'well' | 'ill' | 'unknown' {
    const device = this.#portal.gate?.barrier?.device;
    // A device without inputs tells nothing of itself until it is told to do something.
    if (device === undefined || !this.#parts.streams.some((s) => s.dev === device)) return 'well';
    return this.#healthOf(device);
  }

  excursions(zone: string): readonly string[] {
    const { alarms, set } = this.#parts.deciding;
    return alarms.list().flatMap(({ alarm, isActive }) => {
      const instance = set.byAlarm.get(alarm);
      const isOf = instance?.stream.place === zone && CONDITION.has(instance.rule.kind);
      return isOf && isActive ? [alarm] : [];
    });
  }

  #healthOf(device: string): 'well' | 'ill' | 'unknown' {
    const state = this.#parts.health.states().find((d) => d.device === device)?.health ?? 'unknown';
    return state === 'healthy' ? 'well' : state === 'unhealthy' ? 'ill' : 'unknown';
  }
}

export type FactsParts = {
  readonly deciding: Pick<Deciding, 'alarms' | 'set'>;
  readonly health: Pick<DeviceHealth, 'states'>;
  readonly streams: readonly OpenStream[];
  /** Evidence time, ms. */
  readonly now: () => number;
};
