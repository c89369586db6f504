import type { Command } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';

type Options = CallOptions & { readonly json?: boolean };

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
  return withJson(withGateway(withData(made, context), context), context).action((options: Options) =>
    run(context, options),
  );
}

async function run(context: Context, options: Options): Promise<void> {
  const gateway = await GatewayCall.of(options, context);
  const { readAnswer, describeAnswer, isWell } = await import('./status-answer.ts');
  const answer = readAnswer({
    status: await gateway.get('status'),
    streams: await gateway.get('streams'),
    alarms: await gateway.get('alarms'),
  });
  context.exitCode = isWell(answer) ? ExitCode.ok : ExitCode.difference;
  if (options.json === true) context.json(answer);
  else context.out(describeAnswer(answer, context.lang));
}
