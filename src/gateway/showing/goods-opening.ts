import { join } from 'node:path';
import type { GoodsKeeping } from '../../api/goods-port.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { SiteConfiguration } from '../site/site.ts';
import type { FreezerParts } from './evidence-freezer.ts';
import type { GoodsDeskParts } from './goods-desk.ts';

/**
 * Loads the desk of goods where there are any, and what keeps the evidence of objections; null where the
 * configuration keeps none.
 */
export async function openGoodsDesk(
  opening: AsyncDisposableStack,
  {
    deciding,
    site,
    past,
    sealedUntil,
    log,
    ...parts
  }: Pick<GoodsDeskParts, 'add' | 'now' | 'over'> &
    Pick<FreezerParts, 'past' | 'sealedUntil' | 'log'> & {
      readonly deciding: Deciding;
      readonly site: Pick<SiteConfiguration, 'data' | 'goods' | 'zones' | 'connections'>;
    },
): Promise<GoodsKeeping | null> {
  const { goods } = deciding;
  if (goods === null || site.goods === null) return null;
  const { GoodsDesk } = await import('./goods-desk.ts');
  const { EvidenceFreezer } = await import('./evidence-freezer.ts');
  const freezer = opening.use(
    new EvidenceFreezer({
      past,
      sealedUntil,
      log,
      folder: join(site.data, 'frozen'),
      handOvers: () => goods.handOvers.list(),
    }),
  );
  const streams = site.connections.flatMap((c) => c.streams);
  const { required, portals } = site.goods;
  return new GoodsDesk({
    ...parts,
    goods,
    fileOf: (id, seq) => freezer.fileOf(id, seq),
    site: {
      zones: site.zones.map(({ id }) => id),
      portals: portals.map(({ id }) => id),
      sources: [...new Set(streams.flatMap(({ id, dev }) => [id, dev]))],
      required,
    },
  });
}
