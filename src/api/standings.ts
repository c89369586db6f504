import type { FastifyRequest } from 'fastify';
import { queryParameter, readInstant, refuseUnknown } from './parameters.ts';
import type { Archive } from './port.ts';
import { HttpProblem } from './problem.ts';
import { noReceipt, nothingHere, receiptOf, seesReceipt } from './scope.ts';
import { STANDING_ROUTES } from './standing-routes.ts';
import type { Standings } from './standing-port.ts';
import type { PortfolioRow, Standing } from './standing-types.ts';
import type { ReadingsPage } from './types.ts';

/** Readings of a curve. */
const MOST_POINTS = 2000;
const DAY_MS = 86_400_000;

export function answerPortfolio(request: FastifyRequest, standings: Standings): readonly PortfolioRow[] {
  return standings.portfolio().filter(({ receipt }) => seesReceipt(request, receipt));
}

export function answerStanding(request: FastifyRequest, standings: Standings): Standing {
  const id = receiptOf(request);
  const found = standings.standing(id);
  if (found === null) throw noReceipt(id);
  return found;
}

/** Of a stream where the goods lie, and not of the time before they came. */
export async function answerReadingsOfReceipt(
  request: FastifyRequest,
  { standings, archive }: { readonly standings: Standings; readonly archive: Archive },
): Promise<ReadingsPage> {
  const { streams, since, status } = answerStanding(request, standings);
  refuseUnknown(request, STANDING_ROUTES.readingsOfReceipt.query);
  const stream = queryParameter(request, 'stream') ?? '';
  if (!streams.some(({ id }) => id === stream))
    throw nothingHere(`there is no stream "${stream.slice(0, 100)}" where these goods lie`);
  const to = readInstant('to', queryParameter(request, 'to')) ?? status.asOf;
  const asked = readInstant('from', queryParameter(request, 'from')) ?? to - DAY_MS;
  const from = Math.max(since, asked);
  if (from >= to) throw new HttpProblem(400, 'INVALID', `from (${from}) must be before to (${to})`);
  return await archive.readings({ stream, from, to, limit: MOST_POINTS, cursor: null });
}
