import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { suggestion } from '../domain/nearest.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';
import { deadline, readInput } from './inputs.ts';

type Options = CallOptions & { readonly json?: boolean };
type GiveOptions = Options & {
  readonly as: string;
  readonly party: string;
  readonly receipt?: readonly string[];
  readonly item?: readonly string[];
  readonly until: string;
  readonly owner?: string;
  readonly consent?: string;
  readonly reason: string;
};

const GRANTEES = ['financier', 'holder', 'regulator', 'partner'];

export function grantsCommand(context: Context): Command {
  return command(context, 'grants', {
    summary: {
      en: 'let a party see receipts or items until a time, and end that again',
      zh: '授权一方在限期内查看仓单或货物，以及撤销授权',
    },
    more: {
      en: 'Each grant has a token of its own that opens what it names and nothing else. Who gave it, for whose consent and why is on record.',
      zh: '每项授权有独立令牌，只能查看其中列出的内容。授权人、货主同意书及原因均记录在案。',
    },
    examples: [
      'bailee grants list --config gateway.yaml',
      'bailee grants give --as financier --party bank-a --receipt 1f0c… --until 90d --owner owner-1 --consent consent.pdf --reason "loan 2026-17" --config gateway.yaml',
      'bailee grants revoke grant-1 --reason "loan paid back" --config gateway.yaml',
    ],
  })
    .addCommand(listCommand(context))
    .addCommand(giveCommand(context))
    .addCommand(revokeCommand(context));
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: { en: 'every grant, also those that are over', zh: '全部授权，包括已失效的' },
    examples: ['bailee grants list --config gateway.yaml'],
  });
  return asked(made, context).action(async (options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const { describeGrants, readGrants } = await import('./grants-answer.ts');
    const grants = readGrants(await gateway.get('grants'));
    if (options.json === true) context.json(grants);
    else context.out(describeGrants(grants, context.lang));
  });
}

function giveCommand(context: Context): Command {
  const made = command(context, 'give', {
    summary: {
      en: 'give a party access; its token is printed this once',
      zh: '授权一方查看；令牌仅显示这一次',
    },
    more: {
      en: 'A supervisor needs the consent of the owner in writing (--owner, --consent): only its SHA-256 is sent and kept. A regulator needs none, nor a holder who grants with its own token.',
      zh: '主管授权须有货主书面同意（--owner、--consent），仅发送并保存其 SHA-256。监管方无需同意书；持有人用自己的令牌授权时也无需。',
    },
    examples: [
      'bailee grants give --as financier --party bank-a --receipt 1f0c… --until 90d --owner owner-1 --consent consent.pdf --reason "loan 2026-17" --config gateway.yaml',
    ],
  })
    .requiredOption('--as <kind>', GRANTEES.join(', '))
    .requiredOption('--party <party>', context.say({ en: 'the party’s number', zh: '被授权方编号' }))
    .option('--receipt <id...>', context.say({ en: 'ids of receipts', zh: '仓单编号' }))
    .option('--item <epc...>', context.say({ en: 'EPCs in hexadecimal', zh: '十六进制 EPC' }))
    .requiredOption(
      '--until <time>',
      context.say({ en: 'a time, or how long from now, e.g. 90d', zh: '截止时间，或时长，如 90d' }),
    )
    .option('--owner <party>', context.say({ en: 'the owner who consents', zh: '同意的货主' }))
    .option('--consent <file>', context.say({ en: 'the consent in writing', zh: '书面同意书文件' }));
  return reasoned(made, context).action(async (options: GiveOptions) => {
    const order = orderOf(options, context);
    const gateway = await GatewayCall.of(options, context);
    const { describeMade, readMade } = await import('./grants-answer.ts');
    const given = readMade(await gateway.ask('grants', order));
    if (options.json === true) context.json(given);
    else context.out(describeMade(given, context.lang));
  });
}

function revokeCommand(context: Context): Command {
  const made = command(context, 'revoke', {
    summary: { en: 'end a grant at once, with its sessions', zh: '立即撤销授权，并结束其会话' },
    examples: ['bailee grants revoke grant-1 --reason "loan paid back" --config gateway.yaml'],
  }).argument('<grant>', context.say({ en: 'id of the grant', zh: '授权编号' }));
  return reasoned(made, context).action(async (id: string, options: Options & { reason: string }) => {
    const gateway = await GatewayCall.of(options, context);
    await gateway.post(`grants/${encodeURIComponent(id)}/revoke`, { reason: options.reason });
    if (options.json === true) context.json({ ok: true, id });
    else context.out(`${context.say({ en: 'Revoked', zh: '已撤销' })}: ${id}`);
  });
}

/** What is sent; the gateway checks the rest, and says what is wrong. @throws UsageError, StorageError */
function orderOf(options: GiveOptions, context: Context) {
  const { as, party, until, owner, consent, reason } = options;
  const { receipt = [], item = [] } = options;
  if (!GRANTEES.includes(as)) {
    const en = `--as "${as}" is none of ${GRANTEES.join(', ')}${suggestion(as, GRANTEES)}`;
    throw new UsageError(context.say({ en, zh: `--as “${as}” 无效；可用：${GRANTEES.join('、')}` }));
  }
  if (receipt.length + item.length === 0)
    throw new UsageError(
      context.say({
        en: 'name what is opened: --receipt or --item',
        zh: '请用 --receipt 或 --item 给出授权内容',
      }),
    );
  if ((owner === undefined) !== (consent === undefined))
    throw new UsageError(
      context.say({
        en: 'give both --owner and --consent, or neither',
        zh: '--owner 与 --consent 须同时给出',
      }),
    );
  return {
    as,
    party,
    receipts: receipt.map((id) => id.toLowerCase().replace(/^0x/, '')),
    items: item.map((epc) => epc.toLowerCase()),
    until: deadline(until, Date.now()),
    reason,
    consent:
      owner === undefined || consent === undefined
        ? null
        : { owner, document: createHash('sha256').update(readInput(consent)).digest('hex') },
  };
}

function reasoned(made: Command, context: Context): Command {
  const why = context.say({ en: 'why, for the record', zh: '原因，记入日志' });
  return asked(made.requiredOption('--reason <text>', why), context);
}

function asked(made: Command, context: Context): Command {
  return withJson(withGateway(withData(made, context), context), context);
}
