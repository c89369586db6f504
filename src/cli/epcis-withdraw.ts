import { Option, type Command } from 'commander';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';

type Options = CallOptions & { readonly why: string; readonly note: string; readonly instead?: string };

export function withdrawCommand(context: Context): Command {
  const made = command(context, 'withdraw', {
    summary: {
      en: 'say that an event was wrong; it stays, and is told again with an error declaration',
      zh: '声明某个事件有误；事件保留，并附错误声明重新发送',
    },
    more: {
      en: 'EVENT is its eventID (ni:///sha-256;…). It goes on record under your name. Exit 0: done; 74: the gateway said no, with the reason.',
      zh: 'EVENT 为事件的 eventID（ni:///sha-256;…）。以您的名义记录在案。退出码 0：完成；74：网关拒绝，并说明原因。',
    },
    examples: [
      'bailee epcis withdraw "ni:///sha-256;…?ver=CBV2.0" --why did_not_occur --note "scanned by mistake" --token-file li.token',
    ],
  });
  return withGateway(withData(made, context), context)
    .argument('<event>', context.say({ en: 'eventID of the event', zh: '事件的 eventID' }))
    .addOption(
      new Option('--why <word>', context.say({ en: 'what was wrong', zh: '错误类型' }))
        .choices(['did_not_occur', 'incorrect_data'])
        .makeOptionMandatory(),
    )
    .requiredOption('--note <text>', context.say({ en: 'why, in words', zh: '原因说明' }))
    .option(
      '--instead <event>',
      context.say({ en: 'eventID of the event that is right', zh: '正确事件的 eventID' }),
    )
    .action((event: string, options: Options) => run(context, event, options));
}

async function run(
  context: Context,
  event: string,
  { why, note, instead, ...options }: Options,
): Promise<void> {
  const gateway = await GatewayCall.of(options, context);
  const corrective = instead === undefined ? {} : { corrective: instead };
  await gateway.post('epcis/withdrawals', { event, reason: why, note, ...corrective });
  context.out(context.say({ en: `${event}: on record`, zh: `${event}：已记录` }));
}
