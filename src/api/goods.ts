import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as z from 'zod';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import type { DocumentTold, Item, Lot, Stock, ZoneStock } from './goods-schema.ts';
import type { Actor } from './port.ts';
import { pathParameter } from './parameters.ts';
import { SCHEMAS } from './schema.ts';
import { nothingHere } from './scope.ts';

type By = Actor & { readonly reason: string };

/** Goods as the root keeps them. Answers are from memory. */
export type GoodsKeeping = {
  stock(): z.infer<typeof Stock>;
  /** null for a zone that there is none of. */
  zone(id: string): z.infer<typeof ZoneStock> | null;
  /** null for a tag that is on no record and was not seen lately. */
  item(epc: string): z.infer<typeof Item> | null;
  /** null for a lot that never was here. */
  lot(lot: string): z.infer<typeof Lot> | null;
  /** Resolves once all of it is on record. @throws Refused with the first thing that stands against it; then nothing is */
  act(acts: readonly GoodsWish[], by: By): Promise<void>;
  /** @throws Refused naming every field that is wrong, or what stands against it */
  tell(document: unknown, by: By): Promise<z.infer<typeof DocumentTold>>;
};

export type GoodsWish = {
  readonly verb: 'place' | 'move' | 'remove' | 'link' | 'unlink';
  readonly lot: string | null;
  readonly zone: string | null;
  readonly epcs: readonly string[] | null;
};

/** @param keeping null where the configuration has no section `goods` */
export function goodsHandlersOf(keeping: GoodsKeeping | null) {
  const kept = (): GoodsKeeping => {
    if (keeping === null) throw nothingHere('no goods are kept here: the configuration has no section goods');
    return keeping;
  };
  return {
    stock: () => kept().stock(),
    stockOfZone: (request: FastifyRequest) => found(request, 'zone', (id) => kept().zone(id)),
    item: (request: FastifyRequest) => found(request, 'thing', (id) => kept().item(id.toLowerCase())),
    lot: (request: FastifyRequest) => found(request, 'lot', (id) => kept().lot(id)),
    actOnGoods: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const goods = kept();
      const { acts, reason } = checked(SCHEMAS.GoodsOrder, request.body);
      const wishes = acts.map(({ verb, lot = null, zone = null, epcs = null }) => ({
        verb,
        lot,
        zone,
        epcs,
      }));
      await goods.act(wishes, { ...actorOf(request), reason: reasonOf(reason) });
      await reply.code(204).send();
    },
    tellOfGoods: (request: FastifyRequest) => {
      const goods = kept();
      const { document, reason } = checked(SCHEMAS.GoodsDocument, request.body);
      return goods.tell(document, { ...actorOf(request), reason: reasonOf(reason) });
    },
  };
}

/** @throws HttpProblem 404 for what `find` does not know */
function found<T>(request: FastifyRequest, what: string, find: (id: string) => T | null): T {
  const id = pathParameter(request, 'id');
  const answer = find(id);
  if (answer === null) throw nothingHere(`there is no ${what} "${id.slice(0, 130)}"`);
  return answer;
}
