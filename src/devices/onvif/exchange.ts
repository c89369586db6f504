import { request as requestHttp, type Agent } from 'node:http';
import { request as requestHttps } from 'node:https';
import { DeviceError } from '../../domain/errors.ts';

export type Asked = {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Of the answer, and for the whole exchange. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
};

export type Answered = {
  readonly status: number;
  /** All `WWW-Authenticate` headers, joined. */
  readonly challenge: string;
  readonly body: Uint8Array;
};

/**
 * One HTTP exchange, bounded in size and time; redirects are not followed.
 * @throws DeviceError TIMEOUT, PORT_LOST, MALFORMED (a larger answer); the signal's reason when it aborts
 */
export async function exchange(agent: Agent, asked: Asked, signal: AbortSignal): Promise<Answered> {
  signal.throwIfAborted();
  const late = AbortSignal.timeout(asked.timeoutMs);
  const both = AbortSignal.any([signal, late]);
  try {
    return await once(agent, asked, both).catch((error: unknown) => {
      // The camera hung up just when its kept connection was taken again.
      if (both.aborted || !(error instanceof Reused)) throw error;
      return once(agent, asked, both);
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeviceError) throw error;
    if (late.aborted)
      throw new DeviceError('TIMEOUT', `no answer within ${asked.timeoutMs} ms`, { cause: error });
    const message = error instanceof Error ? error.message : String(error);
    throw new DeviceError(isParseError(error) ? 'MALFORMED' : 'PORT_LOST', message, { cause: error });
  }
}

class Reused extends Error {
  override readonly name = 'Reused';
}

function isParseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('HPE_');
}

async function once(agent: Agent, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const { url, method, headers, body, maxBytes } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const make = url.protocol === 'https:' ? requestHttps : requestHttp;
  const length = body === null ? {} : { 'content-length': String(body.length) };
  const sent = make(url, {
    agent,
    method,
    headers: { ...headers, ...length, 'accept-encoding': 'identity' },
    signal,
  });
  sent.on('response', (response) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    response.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      reject(new DeviceError('MALFORMED', `an answer of more than ${maxBytes} bytes`));
      sent.destroy();
    });
    response.on('end', () => {
      const challenge = (response.headersDistinct['www-authenticate'] ?? []).join(', ');
      resolve({ status: response.statusCode ?? 0, challenge, body: Buffer.concat(chunks) });
    });
    response.on('error', reject);
  });
  sent.on('error', (error) => {
    const isReset = sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
    reject(isReset ? new Reused('the kept connection was closed', { cause: error }) : error);
  });
  sent.end(body ?? undefined);
  return await promise;
}
