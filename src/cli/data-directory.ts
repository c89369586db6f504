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
