import type { FastifyRequest } from 'fastify';
import { actorOf } from './acts.ts';
import { checked } from './body.ts';
import type { Count } from './count-types.ts';
import { pathParameter } from './parameters.ts';
import type { Counting } from './port.ts';
import { SCHEMAS } from './schema.ts';
import { grantOf, nothingHere, receiptOf } from './scope.ts';

export function countNow(request: FastifyRequest, counting: Counting): Count {
  const receipt = receiptOf(request);
  const order = checked(SCHEMAS.CountOrder, request.body);
  return forAsker(request, counting.start(receipt, { ...order, ...actorOf(request) }));
}

export function answerCounts(request: FastifyRequest, counting: Counting): readonly Count[] {
  return counting.list(receiptOf(request)).map((count) => forAsker(request, count));
}

export function answerCount(request: FastifyRequest, counting: Counting): Count {
  const id = pathParameter(request, 'challenge');
  const found = counting.find(receiptOf(request), id);
  if (found === null) throw nothingHere(`there is no challenge "${id.slice(0, 70)}"`);
  return forAsker(request, found);
}

/** A supervisor of the law counts numbers, not things. */
function forAsker(request: FastifyRequest, count: Count): Count {
  return grantOf(request)?.as === 'regulator' ? { ...count, lists: null } : count;
}
