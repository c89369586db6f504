import type { FastifyRequest } from 'fastify';
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

/** The same answer for what is not there and for what the asker may not see. */
export function nothingHere(why: string): HttpProblem {
  return new HttpProblem(404, 'NOT_FOUND', why);
}
