import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import type { GoodsKeeping } from './goods-port.ts';
import { pathParameter, queryParameter } from './parameters.ts';
import { SCHEMAS } from './schema.ts';
import { nothingHere } from './scope.ts';

/** @param keeping null where the configuration has no section `goods` */
export function goodsHandlersOf(keeping: GoodsKeeping | null) {
  const kept = (): GoodsKeeping => {
    if (keeping === null) throw nothingHere('no goods are kept here: the configuration has no section goods');
    return keeping;
  };
  return {
    stock: () => kept().stock(),
    stockOfZone: (request: FastifyRequest) =>
      found(request, 'zone', (id) => kept().zone(id, queryParameter(request, 'after') ?? '')),
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
