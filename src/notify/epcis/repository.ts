import * as z from 'zod';
import { openCall, type Call } from '../http-call.ts';

/** What became of events that were sent. */
export type Sent =
  /** Taken; nothing is stored before its capture job says so. */
  | { readonly is: 'job'; readonly job: string }
  /** Not taken, and never will be as it stands. */
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'too-large' };

export type Job =
  | { readonly is: 'running' }
  | { readonly is: 'stored' }
  | { readonly is: 'refused'; readonly why: string }
  /** The repository does not know it: nobody can tell what became of it. */
  | { readonly is: 'gone' };

/** An event as the repository would have it: its name, and whether it declares that one wrong. */
export type EventName = { readonly id: string; readonly isDeclaration: boolean };

/** A partner's EPCIS 2.0 repository. Every method rejects when there is no answer, or one the standard does not have. */
export type Repository = {
  send(document: string, signal: AbortSignal): Promise<Sent>;
  job(job: string, signal: AbortSignal): Promise<Job>;
  /** Which of these it has; null where it answers no such question. */
  has(events: readonly EventName[], signal: AbortSignal): Promise<ReadonlySet<EventName> | null>;
};

const CALL_MS = 30_000;
const SHOWN = 300;
/** Statuses by which an event is refused for good: it is malformed, or not understood. */
const REFUSED: ReadonlySet<number> = new Set([400, 415, 422]);

const jobDocument = z.object({
  running: z.boolean(),
  success: z.boolean(),
  errors: z.array(z.unknown()).optional(),
});
const page = z.object({
  epcisBody: z.object({
    queryResults: z.object({
      resultsBody: z.object({ eventList: z.array(z.object({ eventID: z.string() })) }),
    }),
  }),
});

/** @param base address of the interface, without /capture */
export function openRepository(
  {
    url: base,
    lan,
    token,
  }: { readonly url: string; readonly lan: boolean; readonly token: () => string | null },
  call: Call = openCall({ lan }),
): Repository {
  const root = new URL(base.endsWith('/') ? base : `${base}/`);
  const ask = async (method: 'GET' | 'POST', url: URL, body: string | null, signal: AbortSignal) => {
    const secret = token();
    const headers = {
      accept: 'application/json',
      'gs1-epcis-version': '2.0.0',
      ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      ...(body === null
        ? {}
        : {
            'content-type': 'application/json',
            'gs1-cbv-version': '2.0.0',
            'gs1-capture-error-behaviour': 'rollback',
          }),
    };
    const bytes = body === null ? null : new TextEncoder().encode(body);
    return await call(method, url, headers, bytes, AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]));
  };
  return {
    send: async (document, signal) => {
      const url = new URL('capture', root);
      const { status, body, location } = await ask('POST', url, document, signal);
      if (status === 413) return { is: 'too-large' };
      if (REFUSED.has(status)) return { is: 'refused', why: `${status}: ${body.slice(0, SHOWN)}` };
      if (status !== 202) throw new Error(`/capture answered ${status}, not 202`);
      const job = location === null ? null : URL.parse(location, url);
      if (job === null) throw new Error('/capture answered 202 without the address of a capture job');
      // Our token goes nowhere else.
      if (job.origin !== root.origin)
        throw new Error(`the capture job is elsewhere: ${job.origin.slice(0, 100)}`);
      return { is: 'job', job: job.href };
    },
    job: async (job, signal) => {
      const { status, body } = await ask('GET', new URL(job), null, signal);
      if (status === 404 || status === 410) return { is: 'gone' };
      if (status !== 200) throw new Error(`the capture job answered ${status}`);
      const read = jobDocument.safeParse(jsonOf(body));
      if (!read.success) throw new Error('the capture job answered with no capture job');
      const { running, success, errors } = read.data;
      if (running) return { is: 'running' };
      return success
        ? { is: 'stored' }
        : { is: 'refused', why: JSON.stringify(errors ?? []).slice(0, SHOWN) };
    },
    has: async (events, signal) => {
      const found = new Set<EventName>();
      for (const isDeclaration of [false, true]) {
        const asked = events.filter((event) => event.isDeclaration === isDeclaration);
        if (asked.length === 0) continue;
        const url = new URL('events', root);
        url.searchParams.set('EQ_eventID', asked.map(({ id }) => id).join('|'));
        // With a declaration there are two events of that name.
        url.searchParams.set('perPage', String(2 * asked.length));
        if (isDeclaration) url.searchParams.set('EXISTS_errorDeclaration', 'true');
        const { status, body } = await ask('GET', url, null, signal);
        if ((status >= 500 && status !== 501) || status === 429)
          throw new Error(`/events answered ${status}`);
        const read = status === 200 ? page.safeParse(jsonOf(body)) : null;
        if (read?.success !== true) return null;
        const ids = new Set(read.data.epcisBody.queryResults.resultsBody.eventList.map((e) => e.eventID));
        for (const event of asked) if (ids.has(event.id)) found.add(event);
      }
      return found;
    },
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // What is no JSON is no answer of the standard's, as its reader says.
    return undefined;
  }
}
