import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { JsonRpc } from './json-rpc.ts';

describe('JSON-RPC over HTTP', () => {
  let server: Server | null = null;
  let asked = 0;
  const signal = AbortSignal.timeout(10_000);
  afterEach(() => server?.close());

  /** A node that answers the n-th request as told; null breaks the connection, 'silence' says nothing. */
  async function node(...answers: (string | null)[]): Promise<JsonRpc> {
    asked = 0;
    server = createServer((request: IncomingMessage, response: ServerResponse) => {
      request.resume();
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? null;
      if (answer === null) request.socket.destroy();
      else if (answer !== 'silence') response.end(answer);
    });
    server.unref();
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new JsonRpc(`http://127.0.0.1:${port}`, 200);
  }

  const ok = '{"jsonrpc":"2.0","id":1,"result":"0x1"}';
  const unreachable = { name: 'AnchorError', code: 'UNREACHABLE' };

  it('tries a read again', async () => {
    const rpc = await node(null, ok);
    expect(await rpc.read('eth_chainId', [], z.string(), signal)).toBe('0x1');
    expect(asked).toBe(2);
  });

  it('gives a read up after three tries', async () => {
    const rpc = await node(null);
    await expect(rpc.read('eth_chainId', [], z.string(), signal)).rejects.toMatchObject(unreachable);
    expect(asked).toBe(3);
  });

  it('never sends twice: the bytes may have arrived', async () => {
    const rpc = await node(null, ok);
    const sending = rpc.send('eth_sendRawTransaction', ['0x'], z.string(), signal);
    await expect(sending).rejects.toMatchObject(unreachable);
    expect(asked).toBe(1);
  });

  it('waits no longer for a silent node than it was told', async () => {
    const rpc = await node('silence');
    const began = performance.now();
    await expect(rpc.send('eth_chainId', [], z.string(), signal)).rejects.toMatchObject(unreachable);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('stops at once when it is told to', async () => {
    const rpc = await node('silence');
    const stop = new AbortController();
    const reading = rpc.read('eth_chainId', [], z.string(), stop.signal);
    stop.abort();
    await expect(reading).rejects.toMatchObject(unreachable);
    expect(asked).toBeLessThanOrEqual(1);
  });

  it.each([
    ['no JSON', '<html>busy</html>'],
    ['another type', '[]'],
    ['no result', '{"jsonrpc":"2.0","id":1}'],
    ['a result of another shape', '{"jsonrpc":"2.0","id":1,"result":7}'],
    ['more than we hold', `"${'x'.repeat(5 << 20)}"`],
  ])('takes %s for no answer', async (_, answer) => {
    const rpc = await node(answer);
    await expect(rpc.send('eth_chainId', [], z.string(), signal)).rejects.toMatchObject(unreachable);
  });

  it('tells a refusal from silence, with its data, and does not ask again', async () => {
    const rpc = await node('{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"reverted","data":"0xab"}}');
    const refused = { name: 'RpcError', code: 3, data: '0xab', message: 'eth_call: reverted (3)' };
    await expect(rpc.read('eth_call', [], z.string(), signal)).rejects.toMatchObject(refused);
    expect(asked).toBe(1);
  });
});
