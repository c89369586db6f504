import * as z from 'zod';
import { AnchorError } from '../../domain/errors.ts';

/** The node answered, and the answer is no. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: unknown;
  constructor(method: string, code: number, message: string, data: unknown) {
    super(`${method}: ${message} (${code})`);
    this.code = code;
    this.data = data;
  }
}

const READ_TRIES = 3;
/** Far above any answer we ask for; a node is not trusted with our memory. */
const MAX_ANSWER_BYTES = 4 << 20;

/**
 * JSON-RPC 2.0 over HTTP. Reads are tried again; sends never are, for a kept-alive socket may die
 * after the bytes arrived: whether they did is for `outcome` to find out.
 */
export class JsonRpc {
  readonly #url: string;
  readonly #timeoutMs: number;
  #id = 0;

  constructor(url: string, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws RpcError, or AnchorError UNREACHABLE after some tries */
  async read<T>(
    method: string,
    params: readonly unknown[],
    shape: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.send(method, params, shape, signal);
      } catch (error) {
        if (error instanceof RpcError || attempt === READ_TRIES || signal.aborted) throw error;
      }
    }
  }

  /** One try. @throws RpcError, or AnchorError UNREACHABLE: nobody knows whether it arrived */
  async send<T>(
    method: string,
    params: readonly unknown[],
    shape: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const id = ++this.#id;
    const answer = await this.#exchange(
      method,
      JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      signal,
    );
    const { error, result } = answer;
    if (error !== undefined && error !== null) {
      throw new RpcError(method, error.code ?? 0, error.message ?? 'no message', error.data);
    }
    const read = shape.safeParse(result);
    if (read.success) return read.data;
    const found = JSON.stringify(result)?.slice(0, 200);
    throw new AnchorError('UNREACHABLE', `${method} answered ${found}: ${z.prettifyError(read.error)}`);
  }

  async #exchange(method: string, body: string, signal: AbortSignal): Promise<Answer> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      return answerShape.parse(JSON.parse(await textOf(response)));
    } catch (error) {
      throw new AnchorError('UNREACHABLE', `${method}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

const answerShape = z.object({
  error: z
    .object({ code: z.number().optional(), message: z.string().optional(), data: z.unknown().optional() })
    .nullish(),
  result: z.unknown().optional(),
});
type Answer = z.infer<typeof answerShape>;

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES) throw new RangeError(`answered more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** fetch hides what went wrong (`ECONNREFUSED`) in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
