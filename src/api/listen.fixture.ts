import { request } from 'node:http';
import type { Event } from './types.ts';
import { TOKENS } from './site.fixture.ts';

export type Heard = { readonly id: string | null; readonly event: Event };

/** An open event stream; what came so far, and a wait for more. */
export type Listening = Disposable & {
  readonly heard: readonly Heard[];
  until(enough: (heard: readonly Heard[]) => boolean): Promise<void>;
  readonly ended: Promise<void>;
  pause(): void;
  resume(): void;
};

export function listen(
  url: string,
  as: keyof typeof TOKENS,
  headers: Readonly<Record<string, string>> = {},
): Promise<Listening> {
  const heard: Heard[] = [];
  let changed: (() => void) | null = null;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/api/v1/events`,
      {
        agent: false,
        headers: {
          ...(headers['cookie'] === undefined ? { authorization: `Bearer ${TOKENS[as]}` } : {}),
          ...headers,
        },
      },
      (incoming) => {
        if (incoming.statusCode !== 200) {
          incoming.resume();
          reject(new Error(`the event stream answers ${incoming.statusCode}`));
          return;
        }
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          const frames = text.split('\n\n');
          text = frames.pop() ?? '';
          heard.push(...frames.flatMap(parse));
          changed?.();
        });
        const ended = new Promise<void>((end) => incoming.once('close', end));
        incoming.on('error', () => undefined);
        resolve({
          heard,
          ended,
          pause: () => incoming.pause(),
          resume: () => incoming.resume(),
          until: async (enough) => {
            while (!enough(heard)) await new Promise<void>((wake) => (changed = wake));
          },
          [Symbol.dispose]: () => outgoing.destroy(),
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function parse(frame: string): Heard[] {
  const field = (name: string): string | null => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? null;
  const data = field('data');
  if (data === null) return [];
  const event = JSON.parse(data) as Event;
  if (event.kind !== field('event')) throw new Error(`the frame says ${field('event')}: ${data}`);
  return [{ id: field('id'), event }];
}
