import type { FastifyReply, FastifyRequest } from 'fastify';
import { readingsCsv } from './csv.ts';
import type { Archive, ReadingsQuery, View } from './port.ts';
import { pathParameter, queryParameter, readInstant, refuseUnknown } from './parameters.ts';
import { HttpProblem } from './problem.ts';
import { ROUTES } from './routes.ts';

const MOST_READINGS = 10_000;
const USUAL_READINGS = 1000;
const DAY_MS = 86_400_000;

/** What one stream recorded, as JSON or, when the asker prefers it, as CSV. */
export async function answerReadings(
  request: FastifyRequest,
  reply: FastifyReply,
  { view, archive }: { readonly view: View; readonly archive: Archive },
): Promise<unknown> {
  const query = readQuery(request, view.status().now);
  const page = await archive.readings(query);
  if (page.next !== null) {
    const next = new URLSearchParams({
      from: String(query.from),
      to: String(query.to),
      limit: String(query.limit),
      cursor: page.next,
    });
    void reply.header('link', `<${request.url.split('?')[0] ?? ''}?${next.toString()}>; rel="next"`);
  }
  if (!/\btext\/csv\b/.test(request.headers.accept ?? '')) return page;
  return reply.type('text/csv; charset=utf-8').send(readingsCsv(page));
}

function readQuery(request: FastifyRequest, now: number): ReadingsQuery {
  refuseUnknown(request, ROUTES.readings.query);
  const given = (name: string): string | null => queryParameter(request, name);
  const to = readInstant('to', given('to')) ?? now;
  const from = readInstant('from', given('from')) ?? Math.max(0, to - DAY_MS);
  if (from >= to) throw invalid(`from (${from}) must be before to (${to})`);
  const [limit, cursor] = [readLimit(given('limit')), readCursor(given('cursor'))];
  return { stream: pathParameter(request, 'id'), from, to, limit, cursor };
}

function readLimit(text: string | null): number {
  if (text === null) return USUAL_READINGS;
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_READINGS) return limit;
  throw invalid(`limit="${text.slice(0, 20)}" must be 1 to ${MOST_READINGS}`);
}

function readCursor(text: string | null): string | null {
  if (text === null || /^[\w.~-]{1,128}$/.test(text)) return text;
  throw invalid('cursor must be `next` of the page before');
}

function invalid(message: string): HttpProblem {
  return new HttpProblem(400, 'INVALID', message);
}
