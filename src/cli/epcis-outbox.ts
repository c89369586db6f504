import type { Command } from 'commander';
import * as z from 'zod';
import { ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';
import { shown } from './inputs.ts';

const answer = z.looseObject({
  repository: z.string().nullable(),
  made: z.number(),
  waiting: z.number(),
  oldest: z.number().nullable(),
  state: z.enum(['none', 'idle', 'sending', 'polling', 'failing']),
  job: z.string().nullable(),
  lastError: z.string().nullable(),
  storedAt: z.number().nullable(),
  refused: z.array(z.looseObject({ event: z.string(), at: z.number(), why: z.string() })),
});
type Outbox = z.output<typeof answer>;

const STATES = {
  none: { en: 'no repository is configured', zh: '未配置存储库' },
  idle: { en: 'nothing waits', zh: '无待发事件' },
  sending: { en: 'sending', zh: '正在发送' },
  polling: { en: 'sent; its capture job is not over', zh: '已发送，采集任务尚未结束' },
  failing: { en: 'failing; tried again', zh: '失败，稍后重试' },
} as const;

export function outboxCommand(context: Context): Command {
  const made = command(context, 'outbox', {
    summary: {
      en: 'ask the running gateway how a partner’s EPCIS repository is told',
      zh: '查询运行中的网关：伙伴 EPCIS 存储库的发送情况',
    },
    more: {
      en: 'Exit 0: nothing fails and nothing was refused; 1: something does or was; 74: no answer.',
      zh: '退出码 0：无失败、无拒收；1：有失败或拒收；74：无应答。',
    },
    examples: ['bailee epcis outbox --config /etc/bailee/gateway.yaml'],
  });
  return withJson(withGateway(withData(made, context), context), context).action(
    (options: CallOptions & { readonly json?: boolean }) => run(context, options),
  );
}

async function run(context: Context, options: CallOptions & { readonly json?: boolean }): Promise<void> {
  const gateway = await GatewayCall.of(options, context);
  const outbox = answer.parse(await gateway.get('epcis/outbox'));
  if (outbox.state === 'failing' || outbox.refused.length > 0) context.exitCode = ExitCode.difference;
  if (options.json === true) return context.json(outbox);
  context.out(describe(outbox, context));
}

function describe(o: Outbox, context: Context): string {
  const { made, waiting, oldest, job, lastError, storedAt } = o;
  const since =
    oldest === null ? '' : context.say({ en: ` since ${shown(oldest)}`, zh: `，最早 ${shown(oldest)}` });
  return [
    `${o.repository ?? '–'}: ${context.say(STATES[o.state])}`,
    context.say({
      en: `events made: ${made}, not stored there yet: ${waiting}`,
      zh: `已生成事件 ${made}，尚未入库 ${waiting}`,
    }) + since,
    ...(storedAt === null
      ? []
      : [context.say({ en: `last stored: ${shown(storedAt)}`, zh: `最近入库：${shown(storedAt)}` })]),
    ...(job === null ? [] : [context.say({ en: `capture job: ${job}`, zh: `采集任务：${job}` })]),
    ...(lastError === null
      ? []
      : [context.say({ en: `last error: ${lastError}`, zh: `最近错误：${lastError}` })]),
    ...o.refused.map(
      ({ event, at, why }) => `${context.say({ en: 'refused', zh: '拒收' })}  ${shown(at)}  ${event}  ${why}`,
    ),
  ].join('\n');
}
