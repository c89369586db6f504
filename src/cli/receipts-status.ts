import type { Command } from 'commander';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';
import { readInput } from './inputs.ts';

type Asking = CallOptions & { readonly json?: boolean };
type Verifying = { readonly policy: string; readonly json?: boolean };

/** Exit code for a statement that is no evidence; nothing can be said from it. */
const INVALID = 2;

export function receiptStatusCommand(context: Context): Command {
  const made = command(context, 'status', {
    summary: {
      en: 'ask the running gateway who controls the goods of its receipts, since when, with which gaps',
      zh: '查询运行中的网关：仓单货物的监管状态、起始时间与缺口',
    },
    more: {
      en: 'Exit 0: every receipt is in control or degraded; 1: one is breached or not proven; 74: no answer.',
      zh: '退出码 0：所有仓单均在控（含降级）；1：有仓单失控或未能证明；74：无应答。',
    },
    examples: [
      'bailee receipts status --config /etc/bailee/gateway.yaml',
      'bailee receipts status RECEIPT --url http://127.0.0.1:8686 --token-file ./operator.token --json',
    ],
  });
  made.argument('[receipt]', context.say({ en: 'id of one receipt', zh: '一份仓单的标识' }));
  return withJson(withGateway(withData(made, context), context), context).action(
    (receipt: string | undefined, options: Asking) => ask(context, receipt, options),
  );
}

async function ask(context: Context, receipt: string | undefined, options: Asking): Promise<void> {
  const gateway = await GatewayCall.of(options, context);
  const { isProven, readStatuses, statusLines } = await import('./receipts-status-answer.ts');
  const path = receipt === undefined ? 'receipts' : `receipts/${encodeURIComponent(receipt)}`;
  const answer: unknown = await gateway.get(path);
  const statuses = readStatuses(Array.isArray(answer) ? answer : [answer]);
  context.exitCode = statuses.every(isProven) ? ExitCode.ok : ExitCode.difference;
  if (options.json === true) context.json(statuses);
  else context.out(statusLines(statuses, context));
}

export function receiptVerifyCommand(context: Context): Command {
  const made = command(context, 'verify', {
    summary: {
      en: 'verify a signed status, stock statement or push; needs no network, key or database',
      zh: '核验签名的仓单状态、库存声明或推送；无需网络、密钥或数据库',
    },
    more: {
      en: `An expired statement says "Not proven", whatever stands in it.
Exit 0: it is genuine and has not expired;  1: it is genuine and expired: not proven;
     2: it is not genuine;  78: the policy file is wrong;  74: a file cannot be read.`,
      zh: `已过期的声明一律显示“未能证明”，无论其内容如何。
退出码 0：真实且未过期；1：真实但已过期：未能证明；
       2：不真实；78：策略文件有误；74：文件无法读取。`,
    },
    examples: ['bailee receipts verify statement.json --policy policy.json'],
  });
  return withJson(made, context)
    .argument('<statement>', context.say({ en: 'the file', zh: '声明文件' }))
    .requiredOption(
      '--policy <file>',
      context.say({ en: 'your policy: whose keys you trust', zh: '您的策略：信任哪些密钥' }),
    )
    .action((file: string, options: Verifying) => verify(context, file, options));
}

async function verify(context: Context, file: string, options: Verifying): Promise<void> {
  const { openStatement } = await import('../evidence/statement.ts');
  const { parsePolicy } = await import('../evidence/policy.ts');
  const { nodePrimitives, sha256 } = await import('../gateway/site/primitives.ts');
  const policy = parsePolicy(readInput(options.policy), sha256);
  if (!policy.ok) throw new ConfigError([{ path: [], message: policy.why, file: options.policy }]);
  const opened = openStatement(readInput(file), policy.policy, Date.now(), nodePrimitives);
  if (!opened.ok) {
    context.exitCode = INVALID;
    if (options.json === true) context.json({ verdict: 'invalid', why: opened.why });
    else context.out(context.say({ en: `Not genuine: it ${opened.why}`, zh: `不真实：${opened.why}` }));
    return;
  }
  const { head, document, isExpired } = opened;
  const { openedLines } = await import('./receipts-status-answer.ts');
  context.exitCode = isExpired ? ExitCode.difference : ExitCode.ok;
  const content: unknown = JSON.parse(document);
  const verdict = isExpired ? 'not-proven' : 'genuine';
  if (options.json === true) context.json({ verdict, ...head, document: content });
  else context.out(openedLines(opened, content, context));
}
