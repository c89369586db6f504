import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { ORDER_STATES } from './order-schema.ts';
import type { Order } from './order-types.ts';
import { pathParameter, queryParameter, refuseUnknown } from './parameters.ts';
import type { Orders } from './order-port.ts';
import { HttpProblem } from './problem.ts';
import { SCHEMAS } from './schema.ts';

export function orderHandlersOf({ orders }: { readonly orders: Orders }) {
  return {
    orders: (request: FastifyRequest) => answerOrders(request, orders),
    order: (request: FastifyRequest) => answerOrder(request, orders),
    tellOrder: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      await orders.tell(checked(SCHEMAS.OrderGoods, request.body), actorOf(request));
      await reply.code(204).send();
    },
    claimOrder: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { reason } = checked(SCHEMAS.Reason, request.body);
      const by = { ...actorOf(request), reason: reasonOf(reason) };
      await orders.claim(pathParameter(request, 'id'), by);
      await reply.code(204).send();
    },
    settleOrder: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { moved, reason } = checked(SCHEMAS.OrderSettlement, request.body);
      const by = { ...actorOf(request), moved, reason: reasonOf(reason) };
      await orders.settle(pathParameter(request, 'id'), by);
      await reply.code(204).send();
    },
  };
}

function answerOrders(request: FastifyRequest, orders: Orders): readonly Order[] {
  refuseUnknown(request, ORDER_ROUTES.orders.query);
  const wanted = queryParameter(request, 'state')?.split(',') ?? null;
  const unknown = wanted?.find((state) => !ORDER_STATES.includes(state));
  if (unknown !== undefined) {
    throw new HttpProblem(
      400,
      'INVALID',
      `state="${unknown.slice(0, 30)}" must be one of ${ORDER_STATES.join(', ')}`,
    );
  }
  return orders.list().filter(({ state }) => wanted === null || wanted.includes(state));
}

function answerOrder(request: FastifyRequest, orders: Orders): Order {
  const id = pathParameter(request, 'id');
  const found = orders.find(id);
  if (found === null) throw new HttpProblem(404, 'NOT_FOUND', `there is no order "${id.slice(0, 70)}"`);
  return found;
}
