import { join } from 'node:path';
import type { Command } from 'commander';
import { ExitCode, StorageError } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, withData, type DataOptions } from './data-directory.ts';
import { readInput } from './inputs.ts';

type Options = DataOptions & { readonly url: string; readonly tokenFile?: string; readonly json?: boolean };

/** A gateway that does not answer in this time is not reached, ms. */
const PATIENCE_MS = 5000;

export function statusCommand(context: Context): Command {
  const made = command(context, 'status', {
    summary: {
      en: 'ask the running gateway what it sees: streams, alarms, last anchor',
      zh: '查询运行中的网关：数据流、报警、最近一次锚定',
    },
    more: {
      en: 'Exit 0: it answered and nothing is wrong; 1: an alarm stands, a stream is not known, or a check is not ok; 74: no answer.',
      zh: '退出码 0：有应答且一切正常；1：有报警、有数据流未知或有检查不正常；74：无应答。',
    },
    examples: [
      'bailee status --config /etc/bailee/gateway.yaml',
      'bailee status --url http://127.0.0.1:8686 --token-file ./operator.token --json',
    ],
  });
  return withJson(withData(made, context), context)
    .option('--url <url>', context.say({ en: 'where it listens', zh: '网关地址' }), 'http://127.0.0.1:8686')
    .option(
      '--token-file <file>',
      context.say({
        en: 'file with the operator’s token; else that of the data directory',
        zh: '操作员令牌文件；默认取数据目录中的',
      }),
    )
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const file = options.tokenFile ?? join(await dataDirectory(options), 'operator.token');
  const token = new TextDecoder().decode(readInput(file)).trim();
  const ask = (what: string): Promise<unknown> =>
    get(new URL(`api/v1/${what}`, base(options.url)), token, context);
  const { readAnswer, describeAnswer, isWell } = await import('./status-answer.ts');
  const answer = readAnswer({
    status: await ask('status'),
    streams: await ask('streams'),
    alarms: await ask('alarms'),
  });
  context.exitCode = isWell(answer) ? ExitCode.ok : ExitCode.difference;
  if (options.json === true) context.json(answer);
  else context.out(describeAnswer(answer, context.lang));
}

function base(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** @throws StorageError IO when there is no answer, or one that is none of the API's */
async function get(url: URL, token: string, context: Context): Promise<unknown> {
  const signal = AbortSignal.any([context.world.signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
    if (!response.ok) {
      throw new StorageError('IO', `${url.href} answers ${response.status} ${response.statusText}`);
    }
    return await response.json();
  } catch (error) {
    if (error instanceof StorageError || context.world.signal.aborted) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new StorageError('IO', `${url.href} is not reached: ${why}`, { cause: error });
  }
}
