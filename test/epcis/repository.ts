import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { checkerOf } from '../../src/epcis/json-schema.fixture.ts';

type Event = { readonly eventID: string; readonly errorDeclaration?: unknown };
type Job = { readonly events: readonly Event[]; polls: number; readonly errors: readonly string[] };

type Reply = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown };

const SCHEMA = join(import.meta.dirname, '../fixtures/vectors/epcis/epcis-2.0.schema.json');
const schemaTakes = checkerOf(JSON.parse(readFileSync(SCHEMA, 'utf8')));

/**
 * A partner's EPCIS 2.0 repository over real HTTP, as the REST bindings of the standard say: a document is checked by the GS1
 * schema, a job is made, and only its end stores the events. Its faults have names.
 */
export class TestRepository implements AsyncDisposable {
  readonly token: string | null;
  readonly stored: Event[] = [];
  /** Requests in their order, `POST /capture 202`. */
  readonly calls: string[] = [];
  /** How often a job says that it is running. */
  runningFor = 1;
  fault:
    | 'none'
    | 'down'
    | 'silent'
    | 'lies'
    | 'no-location'
    | 'elsewhere'
    | 'forgets-jobs'
    | 'drops-answer'
    | 'no-query' = 'none';
  /** Events that it refuses, however well they are formed. */
  readonly dislikes = new Set<string>();
  mostEvents = 1000;
  readonly #jobs: Job[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(token: string | null = null) {
    this.token = token;
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get ids(): string[] {
    return this.stored.map(({ eventID }) => eventID);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.fault === 'silent') return void this.calls.push(`${request.method} silent`);
    const url = new URL(request.url ?? '', 'http://repository');
    const answer = this.#serve(request, url, Buffer.concat(chunks).toString());
    this.calls.push(`${request.method} ${url.pathname} ${answer.status}`);
    if (this.fault === 'drops-answer' && url.pathname.endsWith('/capture')) return void response.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
  }

  #serve(request: IncomingMessage, url: URL, body: string): Reply {
    if (this.fault === 'down') return { status: 503 };
    if (this.token !== null && request.headers.authorization !== `Bearer ${this.token}`)
      return { status: 401 };
    if (request.method === 'POST' && url.pathname === '/v2/capture') return this.#capture(request, body);
    if (url.pathname.startsWith('/v2/capture/'))
      return this.#job(Number(url.pathname.slice('/v2/capture/'.length)));
    if (url.pathname === '/v2/events') return this.#events(url);
    return { status: 404 };
  }

  #capture({ headers }: IncomingMessage, body: string): Reply {
    if (headers['content-type'] !== 'application/json') return { status: 415 };
    const document = JSON.parse(body) as { epcisBody: { eventList: Event[] } };
    if (!schemaTakes(document)) return { status: 400, body: { type: 'epcisException:ValidationException' } };
    const events = document.epcisBody.eventList;
    if (events.length > this.mostEvents) return { status: 413 };
    const errors = events
      .filter(({ eventID }) => this.dislikes.has(eventID))
      .map(({ eventID }) => `not ${eventID}`);
    this.#jobs.push({ events, polls: 0, errors });
    const location = `/v2/capture/${this.#jobs.length - 1}`;
    if (this.fault === 'no-location') return { status: 202 };
    return {
      status: 202,
      headers: { location: this.fault === 'elsewhere' ? `http://evil.example${location}` : location },
    };
  }

  #job(n: number): Reply {
    const job = this.#jobs[n];
    if (job === undefined || this.fault === 'forgets-jobs') return { status: 404 };
    const running = job.polls++ < this.runningFor;
    const success = job.errors.length === 0;
    if (!running && success && this.fault !== 'lies' && !this.stored.includes(job.events[0] as Event))
      this.stored.push(...job.events);
    return {
      status: 200,
      body: { captureID: String(n), running, success: running || success, errors: running ? [] : job.errors },
    };
  }

  #events(url: URL): Reply {
    if (this.fault === 'no-query') return { status: 501 };
    const ids = (url.searchParams.get('EQ_eventID') ?? '').split('|');
    const wantsDeclared = url.searchParams.get('EXISTS_errorDeclaration') === 'true';
    const eventList = this.stored.filter(
      (event) => ids.includes(event.eventID) && (!wantsDeclared || event.errorDeclaration !== undefined),
    );
    return { status: 200, body: { epcisBody: { queryResults: { resultsBody: { eventList } } } } };
  }
}
