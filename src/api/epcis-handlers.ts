import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerDigitalLink } from './digital-link.ts';
import { withdrawEvent } from './epcis-acts.ts';
import { answerEvents, configured } from './epcis-events.ts';
import type { ApiParts } from './port.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** What answers the routes of EPCIS_ROUTES. */
export function epcisHandlersOf(parts: Pick<ApiParts, 'epcis' | 'view' | 'receipts'>) {
  const { epcis, view } = parts;
  const link: Handler = (request, reply) => answerDigitalLink(request, reply, parts);
  return {
    epcisEvents: (request, reply) => answerEvents(request, reply, epcis, view.status().now),
    epcisOutbox: () => configured(epcis).outbox(),
    withdrawEvent: (request, reply) => withdrawEvent(request, reply, epcis),
    linkSscc: link,
    linkGtin: link,
    linkGln: link,
    linkGrai: link,
    linkGiai: link,
  } satisfies Readonly<Record<string, Handler>>;
}
