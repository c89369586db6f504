import type { Counting, Granting } from '../../api/port.ts';
import type { Standings } from '../../api/standing-port.ts';
import { Refused } from '../../domain/errors.ts';
import type { GoodsLendingParts } from './goods-lending.ts';
import { GrantBook } from './grant-book.ts';

export type LendingParts = Omit<GoodsLendingParts, 'granting'>;

/** What parties outside the warehouse may see and ask for. */
export type Lending = Disposable & {
  readonly granting: Granting;
  readonly counting: Counting;
  readonly standings: Standings;
};

const NO_COUNTS: Counting = {
  start: (receipt) => {
    throw new Refused('NOT_FOUND', `there is no receipt ${receipt}`);
  },
  find: () => null,
  list: () => [],
  running: () => [],
};
const NO_STANDINGS: Standings = { standing: () => null, portfolio: () => [] };

/** Opens it on a journal that is being recorded; without goods nothing of them is loaded. @throws StorageError */
export async function openLending(parts: LendingParts): Promise<Lending> {
  const { journal, record, core, people } = parts;
  const granting = new GrantBook({ journal, record, now: () => core.clock.now(), people });
  if (core.deciding.goods === null)
    return { granting, counting: NO_COUNTS, standings: NO_STANDINGS, [Symbol.dispose]: () => undefined };
  const { openGoodsLending } = await import('./goods-lending.ts');
  const goods = openGoodsLending({ ...parts, granting });
  return { ...goods, granting, [Symbol.dispose]: () => goods[Symbol.dispose]() };
}
