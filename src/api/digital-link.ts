import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Elements } from '../domain/epc/application-identifiers.ts';
import type { Epcis, ThingFound, ThingLinks, ThingTold } from './epcis.ts';
import { configured } from './epcis-events.ts';
import { thingPage } from './thing-page.ts';
import { HttpProblem } from './problem.ts';
import type { ReceiptShowing } from './receipt-port.ts';
import { grantOf, seesReceipt } from './scope.ts';

const LINKSET = 'application/linkset+json';
const DAY_MS = 86_400_000;

/** How receipts stand is told where they are kept. */
type Parts = { readonly epcis: Epcis | null; readonly receipts: Pick<ReceiptShowing, 'status'> | null };

/**
 * What is on record of the thing that a GS1 Digital Link names, here instead of at id.gs1.org. Staff see all of it, a grant
 * what it names; without a token there is nothing, or where that is configured the bare fact. @throws HttpProblem
 */
export async function answerDigitalLink(
  request: FastifyRequest,
  reply: FastifyReply,
  { epcis, receipts }: Parts,
): Promise<unknown> {
  const served = configured(epcis);
  const { principal } = request;
  if (principal === null && !served.isPublic)
    throw new HttpProblem(401, 'NOT_SIGNED_IN', 'sign in first, or send a token', {
      'www-authenticate': 'Bearer realm="bailee"',
    });
  const { elements, uri } = await readLink(request);
  const found = served.thing(uri);
  // What is not there and what the asker may not see are one.
  if (found === null || !mayAsk(request, found))
    throw new HttpProblem(404, 'NOT_FOUND', `nothing is on record of ${uri.slice(0, 200)}`);
  void reply.header('vary', 'accept, accept-language, authorization');
  const told: ThingTold =
    principal === null ? { uri, elements, onRecord: true } : statusOf(request, found, elements, receipts);
  const accept = request.headers.accept ?? '';
  if (accept.includes(LINKSET))
    return reply.type(LINKSET).send(JSON.stringify(linksetOf(uri, 'links' in told ? told.links : {})));
  if (accept.includes('text/html')) return thingPage(reply, request, told);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(told));
}

/** @throws HttpProblem 400 for a link that is none, or has a wrong check digit */
async function readLink({
  url,
}: FastifyRequest): Promise<{ readonly elements: Elements; readonly uri: string }> {
  const { parseDigitalLink } = await import('../domain/epc/digital-link.ts');
  const { canonicalUri } = await import('../epcis/canonical-uri.ts');
  const link = `https://id.gs1.org${url.split('?')[0] ?? ''}`;
  const elements = parseDigitalLink(link);
  if (!elements.ok) throw new HttpProblem(400, 'INVALID', elements.why);
  const uri = canonicalUri(link);
  if (uri === null)
    throw new HttpProblem(400, 'INVALID', `"${link.slice(0, 200)}" names nothing that GS1 has a key for`);
  return { elements: elements.value, uri };
}

function mayAsk(request: FastifyRequest, { epc, receipts }: ThingFound): boolean {
  const grant = grantOf(request);
  return grant === null || grant.items.has(epc) || receipts.some((receipt) => seesReceipt(request, receipt));
}

/** What is told to somebody with a token; links lead to what proves it. */
function statusOf(
  request: FastifyRequest,
  thing: ThingFound,
  elements: Elements,
  showing: Parts['receipts'],
): ThingTold {
  const seen = { ...thing, receipts: thing.receipts.filter((receipt) => seesReceipt(request, receipt)) };
  const receipts = seen.receipts.map((receipt) => {
    const status = showing?.status(receipt) ?? null;
    const { control = null, lifecycle = null, exposure = null } = status ?? {};
    return { receipt, control, lifecycle, exposure };
  });
  return { ...seen, receipts, elements, onRecord: true, links: linksOf(seen) };
}

function linksOf({ uri, epc, seen, receipts }: ThingFound): ThingLinks {
  const at = seen?.at ?? 0;
  const proof = new URLSearchParams({ tag: epc, from: String(Math.max(0, at - DAY_MS)), to: String(at + 1) });
  return {
    events: [`/epcis/v2/events?${new URLSearchParams({ MATCH_anyEPC: uri }).toString()}`],
    ...(seen === null ? {} : { proof: [`/api/v1/bundles?${proof.toString()}`] }),
    ...(receipts.length === 0 ? {} : { receipt: receipts.map((id) => `/api/v1/receipts/${id}`) }),
  };
}

/** Link types of the GS1 web vocabulary by what we call them. */
const RELATIONS: Readonly<Record<string, string>> = {
  events: 'https://ref.gs1.org/voc/epcis',
  proof: 'https://ref.gs1.org/voc/certificationInfo',
  receipt: 'https://ref.gs1.org/voc/traceability',
};

/** RFC 9264. */
function linksetOf(anchor: string, links: ThingLinks): object {
  const relations = Object.entries(links).map(
    ([name, list]) => [RELATIONS[name] ?? name, list.map((href) => ({ href }))] as const,
  );
  return { linkset: [{ anchor, ...Object.fromEntries(relations) }] };
}
