import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { AT, MESSAGE } from './announcement.fixture.ts';
import { certificateFor, openssl, without } from './certificate.fixture.ts';
import type { Pinned } from './address.ts';
import { signatureOf, webhookChannel } from './webhook.ts';

const SECRET = { reveal: () => 'shared with the receiver' };
const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

type Call = {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  open.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return portOf(server);
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

/** A receiver that keeps the calls it gets. */
function receiver(answer: RequestListener): { server: Server; calls: Call[] } {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      calls.push({ path: request.url, headers: request.headers, body: await text(request) });
      answer(request, response);
    };
    void take();
  });
  return { server, calls };
}

const channelTo = (url: string, lan = true) =>
  webhookChannel({ id: 'hook', url, lan, secret: SECRET, template: null, timeZone: () => 'UTC' });

const toHere = async (): Promise<Pinned[]> => [{ address: '127.0.0.1', family: 4 }];
const never = new AbortController().signal;

describe('a webhook', () => {
  it('sends what its template says, signed as it is', async () => {
    const { server, calls } = receiver((_, response) => response.end('{}'));
    const url = `http://127.0.0.1:${await listening(server)}/`;
    const template = {
      msg: '{title.zh} "{place.zh}" {value} {unit}, {side} {limit}',
      calls: '{calls}',
      tags: ['{priority}', 7, null],
    };
    const channel = webhookChannel({
      id: 'hook',
      url,
      lan: true,
      secret: SECRET,
      template,
      timeZone: () => 'UTC',
    });
    await channel.send(MESSAGE, never);
    const [call] = calls;
    expect(JSON.parse(call?.body ?? '')).toEqual({
      msg: '冷库超温 "一号库房" 8.4 Cel, above 8.0',
      calls: true,
      tags: ['high', 7, null],
    });
    const t = Math.floor(AT / 1000);
    const signature = signatureOf(SECRET.reveal(), t, Buffer.from(call?.body ?? ''));
    expect(call?.headers['bailee-signature']).toBe(`t=${t},v1=${signature}`);
    expect(call?.headers['idempotency-key']).toBe(MESSAGE.id);
  });

  it('keeps its connection, and makes another at once when that was closed on it', async () => {
    const { server, calls } = receiver((_, response) => response.end('{}'));
    const ports = new Set<number | undefined>();
    server.on('connection', (socket) => ports.add(socket.remotePort));
    const channel = channelTo(`http://127.0.0.1:${await listening(server)}/`);
    await channel.send(MESSAGE, never);
    await channel.send(MESSAGE, never);
    expect([calls.length, ports.size]).toEqual([2, 1]);
    server.closeAllConnections();
    await channel.send(MESSAGE, never);
    expect([calls.length, ports.size]).toEqual([3, 2]);
  });

  it('is called once with a signed body that tells everything, and an id for repeats', async () => {
    const { server, calls } = receiver((_, response) => response.writeHead(204).end());
    const port = await listening(server);
    await channelTo(`http://127.0.0.1:${port}/in?x=1`).send(MESSAGE, never);
    expect(calls).toHaveLength(1);
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = calls;
    expect(path).toBe('/in?x=1');
    expect(headers['idempotency-key']).toBe(MESSAGE.id);
    const t = AT / 1000;
    expect(headers['bailee-signature']).toBe(
      `t=${t},v1=${signatureOf(SECRET.reveal(), t, Buffer.from(body))}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      format: 'bailee/notice/v1',
      id: MESSAGE.id,
      priority: 'high',
      title: { zh: '冷库超温' },
      value: { value: '8.4', unit: 'Cel' },
      limit: { side: 'above', value: '8.0', unit: 'Cel' },
      since: '2026-11-24T08:40:05.000Z',
      link: MESSAGE.about.link,
    });
  });

  it('signs as other programs do', () => {
    // Python: hmac.new(b'Jefe', b'1767225600.{"a":1}', hashlib.sha256).hexdigest()
    const expected = 'bb7f7f576d169b57777ab3f8cf1a3b51416fd9eba32fdcb6f59ea046006c32b8';
    expect(signatureOf('Jefe', 1_767_225_600, Buffer.from('{"a":1}'))).toBe(expected);
  });

  it.each([400, 404, 500, 503])('was not delivered when the answer is %i', async (status) => {
    const { server } = receiver((_, response) => response.writeHead(status).end('no'));
    const port = await listening(server);
    await expect(channelTo(`http://127.0.0.1:${port}/`).send(MESSAGE, never)).rejects.toThrow(
      `answered with status ${status}`,
    );
  });

  it('does not follow a redirect', async () => {
    const inside = receiver((_, response) => response.end());
    const target = await listening(inside.server);
    const { server } = receiver((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${target}/` }).end(),
    );
    const port = await listening(server);
    await expect(channelTo(`http://127.0.0.1:${port}/`).send(MESSAGE, never)).rejects.toThrow('status 307');
    expect(inside.calls).toEqual([]);
  });

  it('never connects to an inside address that is not declared lan', async () => {
    let connections = 0;
    const trap = createNetServer(() => connections++);
    open.push(trap);
    trap.listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const port = portOf(trap);
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433']) {
      await expect(channelTo(`http://${host}:${port}/`, false).send(MESSAGE, never)).rejects.toThrow(
        'not allowed',
      );
    }
    expect(connections).toBe(0);
  });

  it('connects to the address it checked, not to what the name says later', async () => {
    const { server, calls } = receiver((_, response) => response.end());
    const port = await listening(server);
    const settings = {
      id: 'h',
      url: `http://hook.invalid:${port}/`,
      lan: true,
      secret: SECRET,
      timeZone: () => 'UTC',
    };
    await webhookChannel(settings, toHere).send(MESSAGE, never);
    expect(calls[0]?.headers.host).toBe(`hook.invalid:${port}`);
  });

  it('leaves a receiver that never answers when it is told to stop', async () => {
    const { server } = receiver(() => undefined);
    const port = await listening(server);
    const sending = channelTo(`http://127.0.0.1:${port}/`).send(MESSAGE, AbortSignal.timeout(100));
    await expect(sending).rejects.toThrow(/aborted|timeout/i);
  });

  it.skipIf(!openssl)(`speaks TLS and refuses a certificate of another name${without}`, async () => {
    const { key, cert } = certificateFor('hook.invalid');
    const calls: string[] = [];
    const server = createTlsServer({ key, cert }, (request, response) => {
      calls.push(request.headers.host ?? '');
      response.end();
    });
    const port = await listening(server);
    const settings = { id: 'h', lan: true, secret: SECRET, timeZone: () => 'UTC', ca: cert };
    await webhookChannel({ ...settings, url: `https://hook.invalid:${port}/` }, toHere).send(MESSAGE, never);
    const wrong = webhookChannel({ ...settings, url: `https://other.invalid:${port}/` }, toHere);
    await expect(wrong.send(MESSAGE, never)).rejects.toThrow(/altnames|Hostname/i);
    expect(calls).toEqual([`hook.invalid:${port}`]);
  });
});
