import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Refused } from '../domain/errors.ts';
import { acknowledge, actOnAlarm, actOnStream, actOnZone, shelve, breakGlass } from './alarm-acts.ts';
import { answerAlarm, answerAlarms, answerFigures, answerHistory } from './alarm-reads.ts';
import { erase, isProbe, recordRefusal, signIn, signOut, whoIs } from './acts.ts';
import { LARGEST_BODY, parseBody } from './body.ts';
import { openApiDocument } from './document.ts';
import { FORM_TYPE, parseButton, showAnswer, takeAnswer } from './answer.ts';
import { answerBundle } from './bundles.ts';
import { problemFor } from './epcis-events.ts';
import { epcisHandlersOf } from './epcis-handlers.ts';
import { EventHub } from './event-hub.ts';
import { openEventStream } from './event-stream.ts';
import { answerPortfolio, answerReadingsOfReceipt, answerStanding } from './standings.ts';
import { answerCount, answerCounts, countNow } from './counts.ts';
import { goodsHandlersOf } from './goods.ts';
import { handOverHandlersOf } from './hand-overs.ts';
import { answerGrants, makeGrant, revokeGrant } from './grants.ts';
import { guard } from './guard.ts';
import { incidentHandlersOf } from './incidents.ts';
import { pushHandlersOf } from './push.ts';
import { createListener } from './listener.ts';
import { PageFiles } from './page-files.ts';
import type { ApiParts, ApiSettings, Operator } from './port.ts';
import { pathOf, pathParameter } from './parameters.ts';
import { BUG, HttpProblem, problemBody, problemOf } from './problem.ts';
import { orderHandlersOf } from './orders.ts';
import { RateLimit } from './rate.ts';
import { answerReadings } from './reads.ts';
import { answerCheckpoint, answerTile } from './tlog.ts';
import type { Route } from './route.ts';
import { fastifyPath, methodsOf, ROUTES, type RouteName } from './routes.ts';
import { ruleHandlersOf } from './rules.ts';
import { receiptHandlersOf } from './receipts.ts';
import { seenHandlersOf } from './seen.ts';
import { Sessions } from './sessions.ts';

/** The listening API. `url` has no slash at its end. */
export type Api = AsyncDisposable & { readonly url: string; readonly port: number };

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

const CALLS_PER_SECOND = 20;
/** What a party asks for in vain is on record each time, so it is bounded. */
const PROBES_PER_HOUR = 60;
const LONGEST_PARAMETER = 1024;
const PROBLEM_TYPE = 'application/problem+json';

/** Routes check their own input, so no compiler of schemas is ever loaded. */
const noCompiler = (): never => {
  throw new Error('no route has a schema for the framework');
};
const NO_SCHEMAS = { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } };

/** Listens. What is not in the table of routes is not answered. @throws when the port is taken */
export async function openApi(settings: ApiSettings, parts: ApiParts): Promise<Api> {
  const { host, port, tls } = settings;
  const app = Fastify({
    serverFactory: (handler) => createListener(tls, handler),
    bodyLimit: LARGEST_BODY,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    schemaController: NO_SCHEMAS,
    // A path that cannot be decoded, before any hook.
    frameworkErrors: (error, _request, { raw }) => {
      const problem = problemOf(error) ?? BUG;
      raw.writeHead(problem.status, { 'content-type': PROBLEM_TYPE, 'x-content-type-options': 'nosniff' });
      raw.end(JSON.stringify(problemBody(problem)));
    },
  });
  serve(app, settings, parts);
  await app.listen({ host, port });
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls === null ? 'http' : 'https'}://${name}:${bound}`,
    port: bound,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

function serve(app: FastifyInstance, settings: ApiSettings, parts: ApiParts): void {
  const { credentials, granting, operator, onError } = parts;
  const probes = new RateLimit(PROBES_PER_HOUR / 3600, undefined, PROBES_PER_HOUR);
  const sessions = new Sessions();
  const hub = new EventHub({
    feed: parts.feed,
    status: () => parts.view.status(),
    heartbeatMs: settings.heartbeatMs,
  });
  app.decorateRequest('principal', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseBody);
  app.addContentTypeParser(FORM_TYPE, { parseAs: 'buffer' }, parseButton);
  app.addHook(
    'onRequest',
    guard({
      hosts: settings.hosts,
      credentials,
      granting,
      sessions,
      rate: new RateLimit(CALLS_PER_SECOND),
      publicTlog: settings.publicTlog,
    }),
  );
  app.addHook('preClose', (done) => {
    hub.close();
    done();
  });
  app.setErrorHandler(async (error, request, reply) => {
    const found = problemOf(error) ?? BUG;
    if (found === BUG) onError(error);
    const problem = isProbe(request, found) ? bounded(request, found, probes) : found;
    return sendProblem(reply, await onRecord(request, problem, operator));
  });
  app.setNotFoundHandler((request) => {
    throw notFound(request);
  });
  const handlers: Readonly<Record<string, Handler>> = handlersOf({
    ...parts,
    sessions,
    hub,
    files: new PageFiles(settings.pageFolder),
    publicTlog: settings.publicTlog,
  });
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`route ${name} has no handler`);
    app.route({
      method: route.method,
      url: fastifyPath(route.path),
      config: { route },
      handler,
    });
  }
}

type Serving = ApiParts & {
  readonly sessions: Sessions;
  readonly hub: EventHub;
  readonly files: PageFiles;
  readonly publicTlog: boolean;
};

function handlersOf(parts: Serving): Readonly<Record<RouteName, Handler>> {
  const { view, probe, files } = parts;
  return {
    status: () => view.status(),
    streams: () => view.streams(),
    readings: (request, reply) => answerReadings(request, reply, parts),
    bundles: (request, reply) => answerBundle(request, reply, parts),
    erasures: () => parts.erasing.state(),
    erase: (request, reply) => erase(request, reply, parts.erasing),
    devices: () => view.devices(),
    ...alarmHandlersOf(parts),
    ...incidentHandlersOf(parts),
    ...pushHandlersOf(parts.pushing),
    ...orderHandlersOf(parts),
    ...seenHandlersOf(parts.seen),
    ...epcisHandlersOf(parts),
    ...ruleHandlersOf(parts.rules),
    ...goodsHandlersOf(parts.keeping),
    ...receiptHandlersOf(parts.receipts),
    portfolio: (request) => answerPortfolio(request, parts.standings),
    standing: (request) => answerStanding(request, parts.standings),
    readingsOfReceipt: (request) => answerReadingsOfReceipt(request, parts),
    ...handOverHandlersOf({ handing: parts.keeping?.handOvers ?? null, files }),
    countNow: (request) => countNow(request, parts.counting),
    countsOfReceipt: (request) => answerCounts(request, parts.counting),
    count: (request) => answerCount(request, parts.counting),
    countsRunning: () => parts.counting.running(),
    grants: (request) => answerGrants(request, parts.granting),
    grant: (request) => makeGrant(request, parts.granting),
    revokeGrant: (request, reply) => revokeGrant(request, reply, parts.granting),
    events: (request, reply) => openEventStream(request, reply, parts),
    // As text, because fastify would send nothing for null.
    session: (request, reply) => reply.type('application/json').send(JSON.stringify(whoIs(request))),
    signIn: (request, reply) => signIn(request, reply, parts),
    signOut: (request, reply) => signOut(request, reply, parts),
    document: () => openApiDocument(view.status().version),
    healthz: (_request, reply) => {
      const ready = probe.ready();
      return reply
        .code(ready ? 200 : 503)
        .type('text/plain; charset=utf-8')
        .send(ready ? 'ok\n' : 'not ready\n');
    },
    metrics: async (_request, reply) => {
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await probe.metrics());
    },
    checkpoint: (_request, reply) => answerCheckpoint(reply, parts.tlog, parts.publicTlog),
    tile: (request, reply) => answerTile(request, reply, parts.tlog, parts.publicTlog),
    showAnswer: (request, reply) => showAnswer(request, reply, parts.answering),
    takeAnswer: (request, reply) => takeAnswer(request, reply, parts.answering),
    page: (request, reply) => files.answer(request, reply, 'index.html'),
    pageFile: (request, reply) => files.answer(request, reply, pathParameter(request, 'file')),
  };
}

function alarmHandlersOf(parts: Serving) {
  const { view, operator } = parts;
  const act =
    (by: (request: FastifyRequest, reply: FastifyReply, operator: Operator) => Promise<void>): Handler =>
    (request, reply) =>
      by(request, reply, operator);
  return {
    alarms: (request) => answerAlarms(request, view),
    alarm: (request) => answerAlarm(request, view),
    alarmHistory: (request) => answerHistory(request, parts),
    alarmFigures: (request) => answerFigures(request, parts),
    maintenance: () => view.maintenance(),
    acknowledge: act(acknowledge),
    resetAlarm: act(actOnAlarm('reset')),
    shelve: act(shelve),
    unshelve: act(actOnAlarm('unshelve')),
    comment: act(actOnAlarm('comment')),
    takeOutOfService: act(actOnAlarm('take-out')),
    putBackIntoService: act(actOnAlarm('put-back')),
    maintain: act(actOnZone('maintain')),
    endMaintenance: act(actOnZone('end-maintenance')),
    actOnStream: act(actOnStream),
    breakGlass: act(breakGlass),
  } satisfies Readonly<Record<string, Handler>>;
}

/** Beyond the bound the answer is the same whether there is something or not. */
function bounded({ principal }: FastifyRequest, problem: HttpProblem, probes: RateLimit): HttpProblem {
  const waitMs = probes.take(principal?.credential.grant?.id ?? '');
  if (waitMs === 0) return problem;
  const why = `more than ${PROBES_PER_HOUR} calls an hour for what this token does not open`;
  return new HttpProblem(429, 'TOO_MANY', why, { 'retry-after': String(Math.ceil(waitMs / 1000)) });
}

/** The problem once its refusal is on record; what cannot be recorded any more is not answered as if it were. */
async function onRecord(
  request: FastifyRequest,
  problem: HttpProblem,
  operator: Operator,
): Promise<HttpProblem> {
  try {
    await recordRefusal(request, problem, operator);
    return problem;
  } catch (error) {
    if (error instanceof Refused) return new HttpProblem(503, 'NOT_AVAILABLE', error.message);
    throw error;
  }
}

function notFound(request: FastifyRequest): HttpProblem {
  const path = pathOf(request);
  const methods = methodsOf(path);
  if (methods.length === 0)
    return new HttpProblem(404, 'NOT_FOUND', `there is nothing at "${path.slice(0, 100)}"`);
  const allow = methods.join(', ');
  return new HttpProblem(405, 'WRONG_METHOD', `${path.slice(0, 100)} knows ${allow}`, { allow });
}

function sendProblem(reply: FastifyReply, problem: HttpProblem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problemFor(reply.request, problem)));
}
