import { request as plainRequest, type IncomingHttpHeaders } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { TOKENS } from './site.fixture.ts';

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
};

export type Call = {
  readonly method?: string;
  readonly as?: keyof typeof TOKENS | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it stands. */
  readonly raw?: string | Buffer;
  /** PEM of the authority to trust. */
  readonly ca?: string;
};

/** One call over a real connection of its own, with whatever headers, Host included. */
export function call(url: string, how: Call = {}): Promise<Answer> {
  const { method = 'GET', as = null, body, raw, ca } = how;
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = {
    ...(as === null ? {} : { authorization: `Bearer ${TOKENS[as]}` }),
    ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    ...how.headers,
  };
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      url,
      { method, headers, agent: false, ...(ca === undefined ? {} : { ca }) },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = text !== '' && /\bjson\b/.test(incoming.headers['content-type'] ?? '');
          const json: unknown = isJson ? JSON.parse(text) : null;
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** Signs in as a browser does. */
export async function signIn(
  url: string,
  as: keyof typeof TOKENS,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly cookie: string; readonly csrf: string; readonly setCookie: string }> {
  const answer = await call(`${url}/api/v1/session`, {
    method: 'POST',
    body: { token: TOKENS[as] },
    headers,
  });
  const setCookie = answer.headers['set-cookie']?.[0] ?? '';
  const { csrf = '' } = answer.json as { csrf?: string };
  return { cookie: setCookie.split(';')[0] ?? '', csrf, setCookie };
}
