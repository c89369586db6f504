import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import type { Epcis } from './epcis.ts';
import { configured } from './epcis-events.ts';
import { SCHEMAS } from './schema.ts';

export async function withdrawEvent(
  request: FastifyRequest,
  reply: FastifyReply,
  epcis: Epcis | null,
): Promise<void> {
  const { event, reason, corrective = null, note } = checked(SCHEMAS.EventWithdrawal, request.body);
  await configured(epcis).withdraw({ ...actorOf(request), event, reason, corrective, note: reasonOf(note) });
  await reply.code(204).send();
}
