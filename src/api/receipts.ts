import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedStatement } from '../evidence/statement.ts';
import type { Score } from '../goods/score.ts';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import { pathParameter } from './parameters.ts';
import type { Actor } from './port.ts';
import type { Movement, ReceiptAct, ReceiptGaps, ReceiptStatus, TimelineEntry } from './receipt-types.ts';
import { SCHEMAS } from './schema.ts';
import { noReceipt, nothingHere, receiptOf, seesReceipt } from './scope.ts';

/** What is shown of receipts, from memory; null for one that was never bound here. */
export type ReceiptShowing = {
  list(): readonly ReceiptStatus[];
  status(receipt: string): ReceiptStatus | null;
  statement(receipt: string): SignedStatement | null;
  gaps(receipt: string): ReceiptGaps | null;
  movements(receipt: string): readonly Movement[] | null;
  timeline(receipt: string): readonly TimelineEntry[] | null;
  score(receipt: string): Score | null;
  /** @param day `2026-11-24`; null for one that is not over, or that no statement was made of */
  stock(day: string): SignedStatement | null;
  /**
   * Resolves once the act is on record, and leaves no record when it throws.
   * @throws Refused NOT_FOUND, CONFLICT for what cannot be now, NOT_ALLOWED for who may not
   */
  act(receipt: string, act: ReceiptAct & Actor): Promise<void>;
};

/** @param showing null where no goods are kept: then there is no receipt */
export function receiptHandlersOf(showing: ReceiptShowing | null) {
  return {
    receipts: (request: FastifyRequest) =>
      (showing?.list() ?? []).filter(({ receipt }) => seesReceipt(request, receipt)),
    receipt: (request: FastifyRequest) => found(request, showing, (s, id) => s.status(id)),
    receiptStatement: (request: FastifyRequest) => found(request, showing, (s, id) => s.statement(id)),
    receiptTimeline: (request: FastifyRequest) => found(request, showing, (s, id) => s.timeline(id)),
    receiptGaps: (request: FastifyRequest) => found(request, showing, (s, id) => s.gaps(id)),
    receiptMovements: (request: FastifyRequest) => found(request, showing, (s, id) => s.movements(id)),
    receiptScore: (request: FastifyRequest) => found(request, showing, (s, id) => s.score(id)),
    actOnReceipt: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const receipt = receiptOf(request);
      if (showing === null) throw noReceipt(receipt);
      const { verb, reason } = checked(SCHEMAS.ReceiptAct, request.body);
      await showing.act(receipt, { verb, ...actorOf(request), reason: reasonOf(reason) });
      await reply.code(204).send();
    },
    stockStatement: (request: FastifyRequest) => {
      const day = pathParameter(request, 'day');
      const statement = showing?.stock(day) ?? null;
      if (statement === null) throw nothingHere(`there is no stock statement of "${day.slice(0, 20)}"`);
      return statement;
    },
  };
}

/** @throws HttpProblem 404 for a receipt that is not there, or not for the asker */
function found<T>(
  request: FastifyRequest,
  showing: ReceiptShowing | null,
  look: (showing: ReceiptShowing, receipt: string) => T | null,
): T {
  const receipt = receiptOf(request);
  const shown = showing === null ? null : look(showing, receipt);
  if (shown === null) throw noReceipt(receipt);
  return shown;
}
