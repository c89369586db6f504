import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../domain/errors.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';

export type DataOptions = { readonly data?: string; readonly config?: string };

/** Adds `--data` and `--config`, of which one names the data directory. */
export function withData(made: Command, context: Context): Command {
  return made
    .option('--data <dir>', context.say({ en: 'data directory', zh: '数据目录' }))
    .option(
      '--config <file>',
      context.say({ en: 'configuration whose data directory it is', zh: '配置文件，取其中的数据目录' }),
    );
}

export type EpochOptions = DataOptions & { readonly epoch?: string };

/** Adds `--epoch` to a command that reads one epoch of a data directory. */
export function withEpoch(made: Command, context: Context): Command {
  return withData(made, context).option(
    '--epoch <number>',
    context.say({ en: 'an earlier epoch of its log; else the newest', zh: '日志的较早纪元；默认为最新纪元' }),
  );
}

/** The epoch that is asked for, null for the newest. @throws UsageError */
export function epochAsked({ epoch }: EpochOptions): number | null {
  if (epoch === undefined) return null;
  if (!/^\d{1,5}$/.test(epoch)) throw new UsageError(`"${epoch}" is no number of an epoch`);
  return Number(epoch);
}

/** @throws UsageError, ConfigError */
export async function dataDirectory({ data, config }: DataOptions): Promise<string> {
  if ((data === undefined) === (config === undefined)) {
    throw new UsageError('give either --data DIR or --config FILE');
  }
  if (data !== undefined) return resolve(data);
  const { readSource } = await import('../config/source.ts');
  const file = resolve(config ?? '');
  const source = readSource(file);
  if (!source.ok) throw new ConfigError(source.problems);
  const { value } = source.value;
  const named = typeof value === 'object' && value !== null && 'data' in value ? value.data : undefined;
  if (typeof named !== 'string') {
    throw new ConfigError([{ path: ['data'], message: 'is missing; it must be the path of a folder', file }]);
  }
  return resolve(dirname(file), named);
}
