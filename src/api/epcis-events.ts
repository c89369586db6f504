import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Epcis } from './epcis.ts';
import { pathOf } from './parameters.ts';
import { HttpProblem, problemBody } from './problem.ts';

const VERSIONS = { 'gs1-epcis-version': '2.0.0', 'gs1-cbv-version': '2.0.0' };

/** A page of events as an EPCIS query document (EPCIS 2.0 section 12). @throws HttpProblem */
export async function answerEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  epcis: Epcis | null,
  now: number,
): Promise<unknown> {
  const served = configured(epcis);
  const type = mediaTypeFor(request);
  const { readQuery } = await import('../epcis/event-query.ts');
  const query = readQuery(parametersOf(request));
  if (!query.ok) throw new HttpProblem(400, 'INVALID', query.why);
  const { queryDocumentOf } = await import('../epcis/event-writer.ts');
  const { events, next } = await served.find(query.value);
  void reply.headers(VERSIONS);
  if (next !== null) void reply.header('link', `<${nextPage(request, next)}>; rel="next"`);
  const text = queryDocumentOf(
    events.map((event) => event.json),
    { createdAt: now, namespaces: served.namespaces },
  );
  return reply.type(`${type}; charset=utf-8`).send(text);
}

/** @throws HttpProblem 404 where the configuration has no `epcis:` */
export function configured(epcis: Epcis | null): Epcis {
  if (epcis === null)
    throw new HttpProblem(
      404,
      'NOT_FOUND',
      'no events of EPCIS are made here: there is no epcis: in the configuration',
    );
  return epcis;
}

function parametersOf({ query }: FastifyRequest): (readonly [string, string])[] {
  if (typeof query !== 'object' || query === null) return [];
  return Object.entries(query).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((one: unknown) => [name, String(one)] as const),
  );
}

/** JSON-LD only, of version 2.0. @throws HttpProblem 406 */
function mediaTypeFor({ headers }: FastifyRequest): string {
  const accept = headers.accept ?? '*/*';
  const type = ['application/ld+json', 'application/json'].find((one) => accept.includes(one));
  if (type === undefined && !/\*\/\*|application\/\*/.test(accept))
    throw new HttpProblem(
      406,
      'NOT_ACCEPTABLE',
      `"${accept.slice(0, 100)}": events are application/json or application/ld+json`,
    );
  const version = (name: string): number =>
    Number(/^(\d+\.\d+)/.exec(String(headers[name] ?? '2.0'))?.[1] ?? Number.NaN);
  if (!(version('gs1-epcis-min') <= 2) || !(version('gs1-epcis-max') >= 2))
    throw new HttpProblem(406, 'NOT_ACCEPTABLE', 'events are of EPCIS 2.0');
  return type ?? 'application/json';
}

function nextPage(request: FastifyRequest, next: number): string {
  const parameters = new URLSearchParams(request.url.split('?')[1]);
  parameters.set('nextPageToken', String(next));
  return `${pathOf(request)}?${parameters.toString()}`;
}

/** Types of EPCIS 2.0 problems by status (section 12.7). */
const TYPES: Readonly<Record<number, string>> = {
  400: 'QueryParameterException',
  401: 'SecurityException',
  403: 'SecurityException',
  404: 'NoSuchResourceException',
  406: 'NotAcceptableException',
  413: 'QueryTooLargeException',
  414: 'URITooLongException',
};

/** RFC 9457, and for the interface of EPCIS with its own types. */
export function problemFor({ url }: FastifyRequest, problem: HttpProblem): ReturnType<typeof problemBody> {
  const body = problemBody(problem);
  if (!url.startsWith('/epcis/')) return body;
  return { ...body, type: `epcisException:${TYPES[problem.status] ?? 'ImplementationException'}` };
}
