import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type Call = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bytes: Uint8Array;
};

export type Reply = {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** An HTTP endpoint that keeps the calls it gets; `null` never answers. */
export async function openReceiver(answer: (call: Call, n: number) => Reply | null) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      const bytes = await buffer(request);
      const call = { path: request.url ?? '', headers: request.headers, body: bytes.toString(), bytes };
      calls.push(call);
      const reply = answer(call, calls.length);
      if (reply === null) return;
      response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
    };
    void take();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
