import { Command } from 'commander';
import type { Text } from '../domain/alarm.ts';
import type { Context } from './context.ts';

/** What help says of a command. */
export type About = {
  readonly summary: Text;
  /** Paragraphs below the options. */
  readonly more?: Text;
  readonly examples: readonly string[];
};

/** A command with its help; the options and the action are the caller's. */
export function command(context: Context, name: string, { summary, more, examples }: About): Command {
  const title = context.say({ en: examples.length > 1 ? 'Examples:' : 'Example:', zh: '示例：' });
  const paragraphs = more === undefined ? '' : `\n${context.say(more)}\n`;
  return new Command(name)
    .description(context.say(summary))
    .addHelpText('after', `${paragraphs}\n${title}\n${examples.map((line) => `  ${line}`).join('\n')}`);
}

/** Adds `--json`. */
export function withJson(made: Command, context: Context): Command {
  return made.option('--json', context.say({ en: 'print JSON for a program', zh: '输出 JSON，供程序读取' }));
}
