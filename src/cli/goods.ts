import type { Command } from 'commander';
import type { Text } from '../domain/alarm.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';
import { UsageError } from './failure.ts';
import { readInput } from './inputs.ts';

type Options = CallOptions & {
  readonly json?: boolean;
  readonly lot?: string;
  readonly zone?: string;
  readonly reason?: string;
};

type ActOf = {
  readonly name: 'place' | 'move' | 'remove' | 'link' | 'unlink';
  readonly about: Text;
  readonly example: string;
};

const ACTS: readonly ActOf[] = [
  {
    name: 'place',
    about: { en: 'put goods into a zone', zh: '将货物放入区域' },
    example: '3034245482cc0e4000010000 --lot cu-7 --zone hall-a',
  },
  {
    name: 'move',
    about: { en: 'put goods that are on record into another zone', zh: '将在册货物移至另一区域' },
    example: '3034245482cc0e4000010000 --zone hall-b',
  },
  {
    name: 'remove',
    about: { en: 'take goods out', zh: '将货物移出' },
    example: '3034245482cc0e4000010000',
  },
  {
    name: 'link',
    about: { en: 'link tags to a lot', zh: '将标签关联到批次' },
    example: '3034245482cc0e4000010000 --lot cu-7 --zone hall-a',
  },
  {
    name: 'unlink',
    about: { en: 'take tags off their goods', zh: '解除标签与货物的关联' },
    example: '3034245482cc0e4000010000',
  },
];

export function goodsCommand(context: Context): Command {
  const made = command(context, 'goods', {
    summary: {
      en: 'see what lies where on the running gateway, and put goods on record',
      zh: '查看运行中网关的库存，并登记货物',
    },
    more: {
      en: 'Goods are kept where the configuration has a section goods. A zone whose readers are not well is unknown, never missing. Every act needs a reason and is on record; one call is done whole or not at all.',
      zh: '配置中含 goods 一节时管理货物。读写器不正常的区域显示为“未知”，不会显示为“缺失”。每项操作须说明原因并记录在案；一次调用要么全部完成，要么全部不做。',
    },
    examples: [
      'bailee goods list --config gateway.yaml',
      'bailee goods place 3034245482cc0e4000010000 --lot cu-7 --zone hall-a --reason "arrived" --config gateway.yaml',
      'bailee goods import arrived.csv --reason "truck 沪A12345" --config gateway.yaml',
    ],
  });
  made.addCommand(listCommand(context)).addCommand(showCommand(context));
  for (const act of ACTS) made.addCommand(actCommand(context, act));
  return made.addCommand(importCommand(context)).addCommand(tellCommand(context));
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: {
      en: 'what lies in each zone, or thing by thing in one',
      zh: '各区域库存，或某一区域的逐件清单',
    },
    examples: ['bailee goods list --config gateway.yaml', 'bailee goods list hall-a --config gateway.yaml'],
  }).argument('[zone]', context.say({ en: 'id of the zone', zh: '区域编号' }));
  return asked(made, context).action(async (zone: string | undefined, options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const answers = await import('./goods-answer.ts');
    if (zone === undefined) {
      const stock = answers.readStock(await gateway.get('stock'));
      if (options.json === true) context.json(stock);
      else context.out(answers.describeStock(stock, context.lang));
      return;
    }
    const page = async (after: string): Promise<ReturnType<typeof answers.readZone>> => {
      const query = new URLSearchParams({ after }).toString();
      return answers.readZone(await gateway.get(`stock/${encodeURIComponent(zone)}?${query}`));
    };
    const list = await page('');
    for (let { next } = list; next !== null;) {
      const more = await page(next);
      list.items.push(...more.items);
      next = more.next;
    }
    if (options.json === true) context.json(list);
    else context.out(answers.describeZone(list, context.lang));
  });
}

function showCommand(context: Context): Command {
  const made = command(context, 'show', {
    summary: { en: 'one thing by its EPC, or a lot', zh: '按 EPC 查看一件货物，或查看批次' },
    examples: [
      'bailee goods show 3034245482cc0e4000010000 --config gateway.yaml',
      'bailee goods show --lot cu-7 --config gateway.yaml',
    ],
  })
    .argument('[epc]', context.say({ en: 'EPC in hexadecimal', zh: '十六进制 EPC' }))
    .option('--lot <lot>', context.say({ en: 'the lot', zh: '批次' }));
  return asked(made, context).action(async (epc: string | undefined, options: Options) => {
    if ((epc === undefined) === (options.lot === undefined))
      throw new UsageError(
        context.say({ en: 'name one EPC, or a lot by --lot', zh: '请给出一个 EPC，或用 --lot 给出批次' }),
      );
    const gateway = await GatewayCall.of(options, context);
    const answers = await import('./goods-answer.ts');
    if (epc !== undefined) {
      const item = answers.readItem(await gateway.get(`items/${encodeURIComponent(epc)}`));
      if (options.json === true) context.json(item);
      else context.out(answers.describeItem(item, context.lang));
      return;
    }
    const lot = answers.readLot(await gateway.get(`lots/${encodeURIComponent(options.lot ?? '')}`));
    if (options.json === true) context.json(lot);
    else context.out(answers.describeLot(lot, context.lang));
  });
}

function actCommand(context: Context, { name, about, example }: ActOf): Command {
  const made = command(context, name, {
    summary: about,
    examples: [`bailee goods ${name} ${example} --reason "…" --config gateway.yaml`],
  })
    .argument(
      '[epcs...]',
      context.say({ en: 'EPCs in hexadecimal; none for goods in bulk', zh: '十六进制 EPC；散货不填' }),
    )
    .option('--lot <lot>', context.say({ en: 'the lot', zh: '批次' }))
    .option('--zone <zone>', context.say({ en: 'id of the zone', zh: '区域编号' }));
  return reasoned(made, context).action(async (epcs: readonly string[], options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const { lot, zone, reason } = options;
    const tags = epcs.map((epc) => epc.toLowerCase());
    const act = {
      verb: name,
      ...(lot === undefined ? {} : { lot }),
      ...(zone === undefined ? {} : { zone }),
      ...(tags.length === 0 ? {} : { epcs: tags }),
    };
    await gateway.post('goods', { acts: [act], reason });
    if (options.json === true) context.json({ ok: true, ...act });
    else onRecord(context, [name, ...tags, lot ?? '', zone ?? ''].filter((word) => word !== '').join(' '));
  });
}

function importCommand(context: Context): Command {
  const made = command(context, 'import', {
    summary: {
      en: 'put the things of a CSV file into zones, all or none',
      zh: '按 CSV 文件将货物放入区域，全部成功或全部不做',
    },
    more: {
      en: 'Columns: epc,lot,zone, named in the first line, in any order. Every line that is wrong is named.',
      zh: '列：epc,lot,zone，首行为列名，次序不限。逐一指出有误的行。',
    },
    examples: ['bailee goods import arrived.csv --reason "truck 沪A12345" --config gateway.yaml'],
  }).argument('<file>', context.say({ en: 'CSV file in UTF-8', zh: 'UTF-8 编码的 CSV 文件' }));
  return reasoned(made, context).action(async (file: string, options: Options) => {
    const { readGoodsFile } = await import('./goods-file.ts');
    const read = readGoodsFile(readInput(file));
    if (!read.ok) {
      const lines = read.faults.map(({ line, why }) => `${file}:${line} ${context.say(why)}`);
      throw new UsageError(lines.join('\n'));
    }
    const gateway = await GatewayCall.of(options, context);
    await gateway.post('goods', { acts: read.acts, reason: options.reason });
    if (options.json === true) context.json({ ok: true, things: read.things });
    else onRecord(context, context.say({ en: `${read.things} things`, zh: `${read.things} 件` }));
  });
}

function tellCommand(context: Context): Command {
  const made = command(context, 'tell', {
    summary: {
      en: 'put a document on record: aggregation, quantity, count, receipt',
      zh: '登记文件：包装关系、数量、盘点、仓单',
    },
    examples: ['bailee goods tell ticket.json --reason "weighbridge" --config gateway.yaml'],
  }).argument('<file>', context.say({ en: 'JSON file', zh: 'JSON 文件' }));
  return reasoned(made, context).action(async (file: string, options: Options) => {
    let document: unknown;
    try {
      document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(readInput(file)));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new UsageError(
        context.say({ en: `${file} is no JSON: ${why}`, zh: `${file} 不是 JSON：${why}` }),
      );
    }
    const gateway = await GatewayCall.of(options, context);
    await gateway.post('goods/documents', { document, reason: options.reason });
    if (options.json === true) context.json({ ok: true, file });
    else onRecord(context, file);
  });
}

function onRecord(context: Context, what: string): void {
  context.out(`${context.say({ en: 'On record', zh: '已记录' })}: ${what}`);
}

function reasoned(made: Command, context: Context): Command {
  const why = context.say({ en: 'why, for the record', zh: '原因，记入日志' });
  return asked(made.requiredOption('--reason <text>', why), context);
}

function asked(made: Command, context: Context): Command {
  return withJson(withGateway(withData(made, context), context), context);
}
