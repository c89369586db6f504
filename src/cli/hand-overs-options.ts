import type { Command } from 'commander';
import { withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { withGateway, type CallOptions } from './gateway-call.ts';

export type HandOverOptions = CallOptions & { readonly json?: boolean; readonly reason?: string };

/** Path of one under `api/v1/`. */
export function pathOf(id: string): string {
  return `hand-overs/${encodeURIComponent(id)}`;
}

export function named(made: Command, context: Context): Command {
  return made.argument('<id>', context.say({ en: 'its id', zh: '交接编号' }));
}

export function reasoned(made: Command, context: Context): Command {
  const why = context.say({ en: 'why, for the record', zh: '原因，记入日志' });
  return asked(made.requiredOption('--reason <text>', why), context);
}

export function asked(made: Command, context: Context): Command {
  return withJson(withGateway(withData(made, context), context), context);
}
