import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import type { AlarmAct, Operator, ZoneAct } from './port.ts';
import { pathParameter } from './parameters.ts';
import { SCHEMAS } from './schema.ts';

/** What people do about alarms; each is answered once it is on record. */

export async function acknowledge(
  request: FastifyRequest,
  reply: FastifyReply,
  operator: Operator,
): Promise<void> {
  const { meaning, reason } = checked(SCHEMAS.Acknowledgement, request.body);
  await operator.acknowledge(pathParameter(request, 'id'), {
    ...actorOf(request),
    meaning,
    reason: reasonOf(reason),
  });
  await reply.code(204).send();
}

/** An act on an alarm for which a reason is all there is to say. */
export function actOnAlarm(verb: AlarmAct['verb']) {
  return async (request: FastifyRequest, reply: FastifyReply, operator: Operator): Promise<void> => {
    const { reason } = checked(SCHEMAS.Reason, request.body);
    const id = pathParameter(request, 'id');
    await operator.alarm(id, { ...actorOf(request), verb, reason: reasonOf(reason), forMs: null });
    await reply.code(204).send();
  };
}

export async function shelve(
  request: FastifyRequest,
  reply: FastifyReply,
  operator: Operator,
): Promise<void> {
  const { reason, forMs } = checked(SCHEMAS.Shelving, request.body);
  const id = pathParameter(request, 'id');
  await operator.alarm(id, { ...actorOf(request), verb: 'shelve', reason: reasonOf(reason), forMs });
  await reply.code(204).send();
}

export function actOnZone(verb: ZoneAct['verb']) {
  return async (request: FastifyRequest, reply: FastifyReply, operator: Operator): Promise<void> => {
    const schema = verb === 'maintain' ? SCHEMAS.MaintenanceOrder : SCHEMAS.Reason;
    const order: { readonly reason: string; readonly forMs?: number } = checked(schema, request.body);
    const { reason, forMs = null } = order;
    const id = pathParameter(request, 'id');
    await operator.zone(id, { ...actorOf(request), verb, reason: reasonOf(reason), forMs });
    await reply.code(204).send();
  };
}

/** What a person tells the rules of a stream. */
export async function actOnStream(
  request: FastifyRequest,
  reply: FastifyReply,
  operator: Operator,
): Promise<void> {
  const { verb, reason } = checked(SCHEMAS.StreamAct, request.body);
  await operator.stream(pathParameter(request, 'id'), {
    ...actorOf(request),
    verb,
    reason: reasonOf(reason),
  });
  await reply.code(204).send();
}

export async function breakGlass(
  request: FastifyRequest,
  reply: FastifyReply,
  operator: Operator,
): Promise<void> {
  const { reason } = checked(SCHEMAS.Reason, request.body);
  await operator.breakGlass(pathParameter(request, 'id'), { ...actorOf(request), reason: reasonOf(reason) });
  await reply.code(204).send();
}
