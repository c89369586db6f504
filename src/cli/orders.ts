import type { Command } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';
import { readInput } from './inputs.ts';

type Options = CallOptions & {
  readonly json?: boolean;
  readonly state?: string;
  readonly reason?: string;
  readonly moved?: string;
};

/** What one call may carry, bytes. */
const LARGEST_DOCUMENT = 1_000_000;
const ID = 'be474eeebf7628e0d119fb619ace8166d4e08a92a6ffed6b46bcc47e4e4eb0fb';

export function ordersCommand(context: Context): Command {
  const made = command(context, 'orders', {
    summary: {
      en: 'what may leave or come in by which dock until when, and why a barrier refuses',
      zh: '哪些货物可在何时之前经哪个门进出，以及道闸拒绝的原因',
    },
    more: {
      en: 'A claim opens the barrier only once the ledger has made it final; unknown stays shut.',
      zh: '仅当账本最终确认后道闸才开启；状态不明则保持关闭。',
    },
    examples: [
      'bailee orders list --config gateway.yaml',
      `bailee orders claim ${ID} --reason "truck 7 is at the dock" --config gateway.yaml`,
    ],
  });
  return made
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(tellCommand(context))
    .addCommand(claimCommand(context))
    .addCommand(settleCommand(context));
}

function asked(made: Command, context: Context): Command {
  return withGateway(withJson(withData(made, context), context), context);
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: { en: 'orders of the last days, newest first', zh: '近日的指令，新的在前' },
    more: { en: 'Exit 0: none is disputed; 1: one is.', zh: '退出码 0：无争议；1：有争议。' },
    examples: ['bailee orders list --state authorised,open --config gateway.yaml'],
  }).option(
    '--state <states>',
    context.say({ en: 'only those in these states, with commas', zh: '只列出这些状态，逗号分隔' }),
  );
  return asked(made, context).action(async (options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const query =
      options.state === undefined ? '' : `?${new URLSearchParams({ state: options.state }).toString()}`;
    const { readOrders, describeOrders } = await import('./orders-answer.ts');
    const orders = readOrders(await gateway.get(`orders${query}`));
    context.exitCode = orders.some(({ isDisputed }) => isDisputed) ? ExitCode.difference : ExitCode.ok;
    if (options.json === true) context.json(orders);
    else context.out(describeOrders(orders, context.lang));
  });
}

function showCommand(context: Context): Command {
  const made = command(context, 'show', {
    summary: {
      en: 'one order: what passed, and why its barrier was refused',
      zh: '一条指令：已通过的货物及拒绝原因',
    },
    examples: [`bailee orders show ${ID} --config gateway.yaml`],
  });
  return asked(ofOrder(made, context), context).action(async (order: string, options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const { readOrder, describeOrder } = await import('./orders-answer.ts');
    const found = readOrder(await gateway.get(pathOf(order)));
    if (options.json === true) context.json(found);
    else context.out(describeOrder(found, context.lang));
  });
}

function tellCommand(context: Context): Command {
  const made = command(context, 'tell', {
    summary: { en: 'put on record what an order is about; a supervisor’s', zh: '登记指令内容（主管）' },
    examples: ['bailee orders tell order.json --config gateway.yaml'],
  }).argument('<file>', context.say({ en: 'its document, JSON', zh: '指令文件（JSON）' }));
  return asked(made, context).action(async (file: string, options: Options) => {
    const read = parseStrictJson(readInput(file), LARGEST_DOCUMENT);
    if (!read.ok) throw new UsageError(`${file}: ${read.reason}`);
    const gateway = await GatewayCall.of(options, context);
    await gateway.post('orders', read.value);
  });
}

function claimCommand(context: Context): Command {
  const made = command(context, 'claim', {
    summary: { en: 'ask the gate to let an order’s goods out', zh: '请求放行指令所列货物' },
    examples: [`bailee orders claim ${ID} --reason "truck 7 is at the dock" --config gateway.yaml`],
  });
  return asked(reasoned(ofOrder(made, context), context), context).action(
    async (order: string, options: Options) => {
      const gateway = await GatewayCall.of(options, context);
      await gateway.post(`${pathOf(order)}/claim`, { reason: options.reason });
    },
  );
}

function settleCommand(context: Context): Command {
  const made = command(context, 'settle', {
    summary: {
      en: 'settle what passed against an order, or say how much was moved; a supervisor’s',
      zh: '处理指令争议，或登记实际出库数量（主管）',
    },
    examples: [`bailee orders settle ${ID} --moved 39 --reason "brought back" --config gateway.yaml`],
  }).option(
    '--moved <amount>',
    context.say({
      en: 'what was moved, in the order’s amount; left out where tags or a scale say it',
      zh: '实际数量；由标签或衡器得知时省略',
    }),
  );
  return asked(reasoned(ofOrder(made, context), context), context).action(
    async (order: string, options: Options) => {
      const { moved = null, reason } = options;
      if (moved !== null && !/^\d{1,15}$/.test(moved))
        throw new UsageError(`--moved is a whole number, not ${moved}`);
      const gateway = await GatewayCall.of(options, context);
      const body = { moved: moved === null ? null : Number(moved), reason };
      await gateway.post(`${pathOf(order)}/settle`, body);
    },
  );
}

function ofOrder(made: Command, context: Context): Command {
  return made.argument('<order>', context.say({ en: 'id of the order, 64 digits', zh: '指令编号（64 位）' }));
}

function reasoned(made: Command, context: Context): Command {
  return made.requiredOption(
    '--reason <text>',
    context.say({ en: 'why, for the record', zh: '原因，记入日志' }),
  );
}

function pathOf(order: string): string {
  return `orders/${encodeURIComponent(order.replace(/^0x/, ''))}`;
}
