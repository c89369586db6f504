import { join } from 'node:path';
import type { Command } from 'commander';
import { Refused, StorageError } from '../domain/errors.ts';
import type { Context } from './context.ts';
import { dataDirectory, type DataOptions } from './data-directory.ts';
import { readInput } from './inputs.ts';

export type CallOptions = DataOptions & { readonly url: string; readonly tokenFile?: string };

/** A gateway that does not answer in this time is not reached, ms. */
const PATIENCE_MS = 5000;

/** Adds `--url` and `--token-file`, by which a running gateway is asked. */
export function withGateway(made: Command, context: Context): Command {
  return made
    .option('--url <url>', context.say({ en: 'where it listens', zh: '网关地址' }), 'http://127.0.0.1:8686')
    .option(
      '--token-file <file>',
      context.say({
        en: 'file with the operator’s token; else that of the data directory',
        zh: '操作员令牌文件；默认取数据目录中的',
      }),
    );
}

/** Asks a running gateway over its API, as the operator. */
export class GatewayCall {
  readonly #base: URL;
  readonly #token: string;
  readonly #context: Context;

  private constructor(base: URL, token: string, context: Context) {
    this.#base = base;
    this.#token = token;
    this.#context = context;
  }

  /** @throws UsageError, ConfigError, StorageError for a token that cannot be found */
  static async of(options: CallOptions, context: Context): Promise<GatewayCall> {
    const file = options.tokenFile ?? join(await dataDirectory(options), 'operator.token');
    const token = new TextDecoder().decode(readInput(file)).trim();
    const url = options.url.endsWith('/') ? options.url : `${options.url}/`;
    return new GatewayCall(new URL('api/v1/', url), token, context);
  }

  /**
   * @throws Refused with the gateway's words when it will not, StorageError IO when there is no answer, or one that is
   * none of the API's
   */
  async get(what: string): Promise<unknown> {
    const response = await this.#answer(what);
    return await response.json();
  }

  /** The newest signed head of its log, a note. @throws StorageError IO as `get` */
  async head(): Promise<string> {
    const what = '../../tlog/checkpoint';
    const response = await this.#fetch(what);
    if (!response.ok) throw this.#unlike(what, response);
    return await response.text();
  }

  /** @throws Refused with the gateway's words when it will not, StorageError IO as `get` */
  async post(what: string, body: unknown): Promise<void> {
    await this.#answer(what, body);
  }

  /** As `post`, and gives the answer. */
  async ask(what: string, body: unknown): Promise<unknown> {
    const response = await this.#answer(what, body);
    return await response.json();
  }

  async #answer(what: string, body?: unknown): Promise<Response> {
    const response = await this.#fetch(what, body);
    if (response.ok) return response;
    const problem: unknown = response.status < 500 ? await response.json() : null;
    const detail =
      typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : null;
    if (typeof detail === 'string') throw new Refused('CONFLICT', detail);
    throw this.#unlike(what, response);
  }

  #unlike(what: string, { status, statusText }: Response): StorageError {
    return new StorageError('IO', `${new URL(what, this.#base).href} answers ${status} ${statusText}`);
  }

  /** @param body sent as JSON; nothing is sent for undefined */
  async #fetch(what: string, body?: unknown): Promise<Response> {
    const url = new URL(what, this.#base);
    const stop = this.#context.world.signal;
    const headers = new Headers({ authorization: `Bearer ${this.#token}` });
    if (body !== undefined) headers.set('content-type', 'application/json');
    try {
      return await fetch(url, {
        headers,
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]),
      });
    } catch (error) {
      if (stop.aborted) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message || cause.name : String(cause);
      throw new StorageError('IO', `${url.href} is not reached: ${why}`, { cause: error });
    }
  }
}
