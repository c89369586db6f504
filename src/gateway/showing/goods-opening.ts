import type { GoodsKeeping } from '../../api/goods-port.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { SiteConfiguration } from '../site/site.ts';
import type { GoodsDeskParts } from './goods-desk.ts';

/** Loads the desk of goods where there are any; null where the configuration keeps none. */
export async function openGoodsDesk({
  deciding,
  site,
  ...parts
}: Pick<GoodsDeskParts, 'add' | 'now' | 'over'> & {
  readonly deciding: Deciding;
  readonly site: Pick<SiteConfiguration, 'goods' | 'zones' | 'connections'>;
}): Promise<GoodsKeeping | null> {
  const { goods } = deciding;
  if (goods === null || site.goods === null) return null;
  const { GoodsDesk } = await import('./goods-desk.ts');
  const streams = site.connections.flatMap((c) => c.streams);
  const { required, portals } = site.goods;
  return new GoodsDesk({
    ...parts,
    goods,
    site: {
      zones: site.zones.map(({ id }) => id),
      portals: portals.map(({ id }) => id),
      sources: [...new Set(streams.flatMap(({ id, dev }) => [id, dev]))],
      required,
    },
  });
}
