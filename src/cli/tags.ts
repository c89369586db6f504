import type { Command } from 'commander';
import * as z from 'zod';
import { StorageError } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';

type Options = CallOptions & { readonly json?: boolean; readonly reason?: string };

const WISH = z.object({ epc: z.string(), tid: z.string(), by: z.string(), at: z.int() });
const TAGS = z.object({ known: z.int(), bound: z.int(), most: z.int(), waiting: z.array(WISH) });
type Tags = z.infer<typeof TAGS>;

export function tagsCommand(context: Context): Command {
  return command(context, 'tags', {
    summary: {
      en: 'to which chips the tags of the running gateway are bound, and bind one anew',
      zh: '查看运行中网关的标签与芯片绑定情况，或重新绑定',
    },
    more: {
      en: `A tag is bound to the chip (TID) it was first read with, and an alarm rises when it is read with another one. Readers that
do not read TIDs bind nothing. After a label was replaced two persons bind the tag anew, each with a token of their own.`,
      zh: `标签绑定到首次读到的芯片（TID）；读到另一芯片时报警。不读取 TID 的读写器不产生绑定。更换标签后，须由两人各用自己的令牌重新绑定。`,
    },
    examples: [
      'bailee tags list --config gateway.yaml',
      'bailee tags bind 3034245482cc0e4000010000 e2801191a503006200010000 --reason "label replaced" --config gateway.yaml',
    ],
  })
    .addCommand(listCommand(context))
    .addCommand(bindCommand(context));
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: {
      en: 'how many tags are bound to their chip, and what waits for a second person',
      zh: '已绑定芯片的标签数，以及待另一人确认的绑定',
    },
    examples: ['bailee tags list --config gateway.yaml'],
  });
  return asked(made, context).action(async (options: Options) => {
    const tags = await tagsOf(await GatewayCall.of(options, context));
    if (options.json === true) context.json(tags);
    else context.out(describe(tags, context));
  });
}

function bindCommand(context: Context): Command {
  const made = command(context, 'bind', {
    summary: {
      en: 'say which chip a tag belongs to; it is so when a second person says the same within a day',
      zh: '声明标签所属芯片；一日内由另一人作出相同声明后生效',
    },
    examples: [
      'bailee tags bind 3034245482cc0e4000010000 e2801191a503006200010000 --reason "label replaced" --config gateway.yaml',
    ],
  })
    .argument('<epc>', context.say({ en: 'EPC in hexadecimal', zh: '十六进制 EPC' }))
    .argument('<tid>', context.say({ en: 'TID of the chip in hexadecimal', zh: '芯片 TID（十六进制）' }))
    .requiredOption('--reason <text>', context.say({ en: 'why, for the record', zh: '原因，记入日志' }));
  return asked(made, context).action(async (epc: string, tid: string, options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    await gateway.post(`tags/${encodeURIComponent(epc)}/binding`, { tid, reason: options.reason });
    const { waiting } = await tagsOf(gateway);
    const isWaiting = waiting.some((one) => one.epc === epc.toLowerCase() && one.tid === tid.toLowerCase());
    if (options.json === true) return context.json({ epc, tid, state: isWaiting ? 'waiting' : 'bound' });
    context.out(
      isWaiting
        ? context.say({
            en: 'On record; it is so when a second person says the same within a day',
            zh: '已记录；一日内由另一人作出相同声明后生效',
          })
        : context.say({ en: `${epc} is bound to TID ${tid}`, zh: `${epc} 已绑定到 TID ${tid}` }),
    );
  });
}

async function tagsOf(gateway: GatewayCall): Promise<Tags> {
  const read = TAGS.safeParse(await gateway.get('tags'));
  if (read.success) return read.data;
  throw new StorageError('IO', `what answers is no gateway of this version: ${read.error.message}`);
}

function describe({ known, bound, most, waiting }: Tags, context: Context): string {
  const share = context.say({
    en: `${bound} of ${known} tags are bound to their chip; there is room for ${most}`,
    zh: `${known} 个标签中 ${bound} 个已绑定芯片；最多可记 ${most} 个`,
  });
  const wishes = waiting.map(({ epc, tid, by, at }) => {
    const since = new Date(at).toISOString();
    return context.say({
      en: `${epc} to TID ${tid}, said by ${by} at ${since}: waits for a second person`,
      zh: `${epc} 绑定到 TID ${tid}，${by} 于 ${since} 声明：待另一人确认`,
    });
  });
  return [share, ...wishes].join('\n');
}

function asked(made: Command, context: Context): Command {
  return withJson(withGateway(withData(made, context), context), context);
}
