import type { FastifyReply, FastifyRequest } from 'fastify';
import { checked } from './body.ts';
import { PushOrder, PushRemoval } from './push-schema.ts';
import type { Pushing } from './push-types.ts';

export function pushHandlersOf(pushing: Pushing) {
  return {
    push: (request: FastifyRequest) => pushing.state(actorOf(request).actor),
    subscribePush: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const order = checked(PushOrder, request.body);
      const { actor, role } = actorOf(request);
      await pushing.subscribe(actor, role, order);
      await reply.code(204).send();
    },
    unsubscribePush: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { actor, role } = actorOf(request);
      await pushing.unsubscribe(actor, role, checked(PushRemoval, request.body).endpoint);
      await reply.code(204).send();
    },
  };
}

function actorOf({ principal }: FastifyRequest): { readonly actor: number; readonly role: string } {
  const credential = principal?.credential;
  return { actor: credential?.actor ?? 0, role: credential?.roles[0] ?? 'none' };
}
