import * as z from 'zod';
import { StorageError } from '../../domain/errors.ts';

const text = z.object({ en: z.string(), zh: z.string() });
const kind = <K extends string, S extends z.ZodRawShape>(name: K, shape: S) =>
  z.looseObject({ kind: z.literal(name), ...shape });

const anchor = z.looseObject({
  ledger: z.looseObject({ network: z.string() }).nullable(),
  lastFinalSize: z.number().nullable(),
  lastError: z.string().nullable(),
  witnesses: z.looseObject({ quorum: z.number(), cosignedSize: z.number().nullable() }).nullable(),
});

/** What the demo follows of the event stream. */
const eventShape = z.discriminatedUnion('kind', [
  kind('reading', {
    stream: z.string(),
    latest: z.looseObject({ v: z.number().nullable(), text: z.string().nullable(), t: z.number() }),
  }),
  kind('alarm', {
    alarm: z.looseObject({
      id: z.string(),
      rule: z.string(),
      title: text,
      subject: z.string(),
      zone: z.looseObject({ title: text }).nullable(),
      priority: z.string(),
      state: z.string(),
      since: z.number(),
    }),
  }),
  kind('sealed', {
    journal: z.looseObject({
      size: z.number(),
      lastSealed: z.looseObject({ root: z.string(), t1: z.number() }).nullable(),
    }),
  }),
  kind('anchored', { anchor }),
  kind('status', { status: z.looseObject({ anchor }) }),
]);
export type SiteEvent = z.output<typeof eventShape>;

const FOLLOWED: readonly string[] = ['reading', 'alarm', 'sealed', 'anchored', 'status'];

/**
 * Listens to the gateway's event stream as any program would.
 * Resolves once the stream is open; `onEnd` is told when it ends before the signal aborts.
 * @throws StorageError IO when the gateway does not open it
 */
export async function followEvents(
  { url, token }: { readonly url: string; readonly token: string },
  take: (event: SiteEvent) => void,
  onEnd: (error: Error) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(new URL('/api/v1/events', url), {
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  const { body } = response;
  if (!response.ok || body === null) {
    throw new StorageError('IO', `the gateway's event stream answers ${response.status}`);
  }
  listen(body, take).then(
    () => tellUnlessOver(new StorageError('IO', 'the gateway ended its event stream'), onEnd, signal),
    (error: unknown) => tellUnlessOver(error, onEnd, signal),
  );
}

async function listen(body: AsyncIterable<Uint8Array>, take: (event: SiteEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let waiting = '';
  for await (const chunk of body) {
    const frames = (waiting + decoder.decode(chunk, { stream: true })).split('\n\n');
    waiting = frames.pop() ?? '';
    for (const frame of frames) {
      const name = /^event: (.*)$/m.exec(frame)?.[1] ?? '';
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data !== undefined && FOLLOWED.includes(name)) take(eventShape.parse(JSON.parse(data)));
    }
  }
}

function tellUnlessOver(error: unknown, onEnd: (error: Error) => void, signal: AbortSignal): void {
  if (!signal.aborted) onEnd(error instanceof Error ? error : new Error(String(error)));
}
