import type { Goods } from '../../goods/goods.ts';
import type { Gates, GatesParts } from './gates.ts';

/** Opens the gates of a site that has some; the ledger's client and all of it is loaded only then. @throws ConfigError */
export async function openGates(
  opening: AsyncDisposableStack,
  parts: Omit<GatesParts, 'goods'>,
): Promise<Gates | null> {
  const goods: Goods | null = parts.core.deciding.goods;
  const isAny = parts.site.goods?.portals.some(({ gate }) => gate !== null) ?? false;
  if (goods === null || !isAny) return null;
  const { Gates: Opened } = await import('./gates.ts');
  return opening.use(new Opened({ ...parts, goods }));
}
