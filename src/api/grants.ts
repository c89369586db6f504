import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../domain/errors.ts';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import type { Grant, GrantMade, GrantOrder } from './grant-types.ts';
import type { Granting } from './port.ts';
import { pathParameter } from './parameters.ts';
import { SCHEMAS } from './schema.ts';
import { grantOf, nothingHere } from './scope.ts';

/** What a holder may hand on; the others come by the site's supervisor. */
const HANDED_ON: readonly GrantOrder['as'][] = ['financier', 'partner'];

export function answerGrants(request: FastifyRequest, granting: Granting): readonly Grant[] {
  return granting.list().filter((grant) => isOwn(request, grant));
}

export function makeGrant(request: FastifyRequest, granting: Granting): GrantMade {
  const order = checked(SCHEMAS.GrantOrder, request.body);
  const own = grantOf(request);
  if (own !== null) {
    if (!HANDED_ON.includes(order.as))
      throw new Refused('INVALID', `as="${order.as}": a holder grants to ${HANDED_ON.join(' or ')}`);
    if (order.consent !== null)
      throw new Refused('INVALID', 'consent: the holder grants in its own name, without one');
    const foreign = [
      ...order.receipts.filter((id) => !own.receipts.has(id)),
      ...order.items.filter((epc) => !own.items.has(epc)),
    ];
    if (foreign.length > 0) throw nothingHere(`there is no ${foreign.join(', ').slice(0, 200)}`);
    if (order.until > own.until)
      throw new Refused('INVALID', `until=${order.until} is after the end of the own access (${own.until})`);
  } else if (order.consent === null && order.as !== 'regulator') {
    throw new Refused('INVALID', 'consent: name the owner, and SHA-256 of the consent in writing');
  }
  return granting.grant({ ...order, ...actorOf(request), reason: reasonOf(order.reason) });
}

export async function revokeGrant(
  request: FastifyRequest,
  reply: FastifyReply,
  granting: Granting,
): Promise<void> {
  const { reason } = checked(SCHEMAS.Reason, request.body);
  const id = pathParameter(request, 'id');
  const grant = granting.list().find((g) => g.id === id);
  const gave = grantOf(request)?.party;
  if (grant === undefined || (gave !== undefined && grant.by !== gave))
    throw nothingHere(`there is no grant "${id.slice(0, 50)}"`);
  granting.revoke(id, { ...actorOf(request), reason: reasonOf(reason) });
  await reply.code(204).send();
}

/** A holder sees its own grant and those about its goods alone. */
function isOwn(request: FastifyRequest, { id, receipts, items }: Grant): boolean {
  const own = grantOf(request);
  if (own === null || own.id === id) return true;
  return receipts.every((r) => own.receipts.has(r)) && items.every((i) => own.items.has(i));
}
