import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BundleWish } from '../domain/bundle-wish.ts';
import { bundleAnswer } from './bundles.ts';
import type { Incidents } from './incident-port.ts';
import { INCIDENT_ROUTES } from './incident-routes.ts';
import { pathParameter, readWhole, readWindow, refuseUnknown } from './parameters.ts';
import type { Bundles, View } from './port.ts';
import { HttpProblem } from './problem.ts';

type Parts = { readonly view: View; readonly incidents: Incidents; readonly bundles: Bundles };

const DAY_MS = 86_400_000;
const MOST = 500;
const USUAL = 100;

export function incidentHandlersOf(parts: Parts) {
  return {
    incidents: (request: FastifyRequest) => answerIncidents(request, parts),
    incident: (request: FastifyRequest) => parts.incidents.one(pathParameter(request, 'id')),
    incidentBundle: (request: FastifyRequest, reply: FastifyReply) => answerProof(request, reply, parts),
  };
}

function answerIncidents(request: FastifyRequest, { view, incidents }: Parts) {
  refuseUnknown(request, INCIDENT_ROUTES.incidents.query);
  const window = readWindow(request, view.status().now, DAY_MS);
  return incidents.list({ ...window, limit: readWhole(request, 'limit', 1, MOST, USUAL) });
}

async function answerProof(
  request: FastifyRequest,
  reply: FastifyReply,
  { incidents, bundles }: Parts,
): Promise<unknown> {
  const id = pathParameter(request, 'id');
  const gone = new AbortController();
  finished(reply.raw, () => gone.abort(new HttpProblem(503, 'GONE', 'the asker went away')));
  const wish = await incidents.wish(id);
  const made = await bundles.make(wish, gone.signal);
  return bundleAnswer(
    reply,
    made,
    `incident-${id}.zip`,
    made.until < wish.to ? nextOf(wish, made.until) : null,
  );
}

/** Where the rest of a long incident is: in bundles of the same streams. */
function nextOf({ select, to }: BundleWish, from: number): URLSearchParams {
  const next = new URLSearchParams({ from: String(from), to: String(to), events: 'true' });
  if (select.kind === 'zone') next.set('zone', select.zone);
  if (select.kind === 'streams') next.set('stream', select.ids.join(','));
  return next;
}
