import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import { pathParameter, queryParameter, refuseUnknown } from './parameters.ts';
import { HttpProblem } from './problem.ts';
import { RECEIPT_ROUTES } from './receipt-routes.ts';
import type { ReceiptShowing } from './receipt-port.ts';
import { SCHEMAS } from './schema.ts';
import { noReceipt, nothingHere, receiptOf, seesReceipt } from './scope.ts';

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
    controlChanges: (request: FastifyRequest) => {
      refuseUnknown(request, RECEIPT_ROUTES.controlChanges.query);
      const after = queryParameter(request, 'after') ?? '0';
      if (!/^\d{1,15}$/.test(after))
        throw new HttpProblem(400, 'INVALID', `after="${after.slice(0, 20)}" must be the number of a change`);
      return showing?.changes(Number(after)) ?? { next: 1, changes: [], channels: [] };
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
