import type { FastifyRequest } from 'fastify';
import { pathParameter } from './parameters.ts';
import type { GrantScope } from './port.ts';
import { HttpProblem } from './problem.ts';

/** Who may see what of goods. Staff see all of their site; a grant opens what it names, and nothing else is there. */

/** The grant a call is made by; null for staff. */
export function grantOf({ principal }: FastifyRequest): GrantScope | null {
  return principal?.credential.grant ?? null;
}

export function seesReceipt(request: FastifyRequest, receipt: string): boolean {
  return grantOf(request)?.receipts.has(receipt) ?? true;
}

/** The receipt that a path names. @throws HttpProblem 404 for one that the asker may not see */
export function receiptOf(request: FastifyRequest): string {
  const id = pathParameter(request, 'id');
  if (!seesReceipt(request, id)) throw noReceipt(id);
  return id;
}

/** The same answer for a receipt that is not there and for one that the asker may not see. */
export function noReceipt(id: string): HttpProblem {
  return nothingHere(`there is no receipt "${id.slice(0, 70)}"`);
}

export function nothingHere(why: string): HttpProblem {
  return new HttpProblem(404, 'NOT_FOUND', why);
}
