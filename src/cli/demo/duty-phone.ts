import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Text } from '../../domain/alarm.ts';
import { listenOnLoopback } from './free-port.ts';

const noticeShape = z.object({ subject: z.object({ en: z.string(), zh: z.string() }) });

export type DutyPhone = AsyncDisposable & { readonly url: string };

/**
 * The receiver of a webhook on loopback. Like any receiver it takes only calls whose signature it
 * can recompute: HMAC-SHA256 over `<t>.<body>`.
 */
export async function openDutyPhone(secret: string, ring: (message: Text) => void): Promise<DutyPhone> {
  const server = createServer((request, response) => {
    void read(request)
      .then((body) => {
        const isOurs = isSigned(request.headers['bailee-signature'], body, secret);
        if (isOurs) ring(noticeShape.parse(JSON.parse(body)).subject);
        return response.writeHead(isOurs ? 204 : 401).end();
      })
      // The gateway hung up, or sent no notice: it tries again, and its journal says why.
      .catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function isSigned(header: string | string[] | undefined, body: string, secret: string): boolean {
  const [, t = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(header)) ?? [];
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  const found = Buffer.from(given, 'hex');
  return found.length === expected.length && timingSafeEqual(found, expected);
}
