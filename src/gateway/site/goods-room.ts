import type { OpenStream } from '../../domain/stream.ts';
import type { OpenGoods } from '../../intake/deciding.ts';
import type { SiteConfiguration } from './site.ts';

/**
 * Opens goods on a journal. @param streams with the slots they have there
 * @param kept finds a file of that journal
 */
export type GoodsRoom = (
  streams: readonly OpenStream[],
  kept: (sha256: Uint8Array) => Uint8Array | null,
) => OpenGoods;

/** Loads what goods need, where a configuration has them; null where it has none. */
export async function goodsRoom(
  site: Pick<SiteConfiguration, 'goods' | 'zones' | 'rules'>,
): Promise<GoodsRoom | null> {
  if (site.goods === null) return null;
  const { Goods } = await import('../../goods/goods.ts');
  const zones = site.zones.map(({ id }) => id);
  const { portals } = site.goods;
  const rules = site.rules.map(({ id, alarm: { title, basis } }) => ({ id, title, basis }));
  return (streams, kept) => (state) => Goods.decode({ streams, zones, portals, rules }, kept, state);
}
