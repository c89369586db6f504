import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Text } from '../domain/alarm.ts';
import type { EventKey } from '../domain/epcis-events.ts';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import type { Naming } from '../epcis/journal/naming.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { credentialsToCheck } from './credentials.ts';
import { UsageError } from './failure.ts';
import { moment, shown } from './inputs.ts';

type Options = {
  readonly config: string;
  readonly from: string;
  readonly to: string;
  readonly out: string;
  readonly lot?: string;
  readonly epc?: string;
  readonly receipt?: string;
  readonly json?: boolean;
};

export function exportCommand(context: Context): Command {
  const say = (text: Text): string => context.say(text);
  const made = command(context, 'export', {
    summary: {
      en: 'write what was recorded over a time as an EPCIS 2.0 document',
      zh: '将某段时间的记录导出为 EPCIS 2.0 文档',
    },
    more: {
      en: `Sightings, goods, orders, receipts, hand-overs and readings of sealed blocks become events; each names the record it rests on, and
its eventID is its CBV hash. The same journal gives the same bytes. Places and devices are named as the configuration's epcis: says.
The document is checked before it gets its name. The gateway may run meanwhile. Exit 0: written; 1: not, with the reason.`,
      zh: `已封存区块中的识读、货物、指令、仓单、交接与读数转换为事件；每个事件注明其依据的记录，eventID 即其 CBV 哈希。同一日志总得到相同的字节。
地点与设备按配置 epcis: 命名。文档经检查后才写入目标文件名。可在网关运行时执行。退出码 0：已写出；1：未写出，并说明原因。`,
    },
    examples: [
      'bailee epcis export --config gateway.yaml --from 24h --to now --out events.jsonld',
      'bailee epcis export --config gateway.yaml --from 30d --epc 3074257bf7194e4000001a85 --out item.jsonld',
    ],
  });
  return withJson(made, context)
    .requiredOption('--config <file>', say({ en: 'configuration with epcis:', zh: '含 epcis: 的配置文件' }))
    .option('--from <time>', say({ en: 'begin of the window', zh: '起始时间' }), '24h')
    .option('--to <time>', say({ en: 'end of the window', zh: '结束时间' }), 'now')
    .requiredOption('--out <file>', say({ en: 'where it goes', zh: '输出文件' }))
    .option('--lot <lot>', say({ en: 'events about this lot', zh: '仅此批次的事件' }))
    .option(
      '--epc <epc>',
      say({ en: 'events about this thing: hexadecimal or URI', zh: '仅此物品：十六进制或 URI' }),
    )
    .option('--receipt <id>', say({ en: 'events about this receipt', zh: '仅此仓单的事件' }))
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const now = Date.now();
  const [from, to] = [moment(options.from, now), moment(options.to, now)];
  if (from >= to) throw new UsageError(`--from ${shown(from)} is not before --to ${shown(to)}`);
  const { loadSite } = await import('../gateway/site/site.ts');
  const { namingOf } = await import('../gateway/site/naming.ts');
  const { openReadOnly } = await import('../gateway/archive/open-read-only.ts');
  const loaded = await loadSite(resolve(options.config), credentialsToCheck(context.world));
  if (!loaded.ok) throw new ConfigError(loaded.problems);
  const site = loaded.value;
  const naming = namingOf(site);
  if (naming === null) throw new UsageError(`${options.config} has no section epcis:`);
  const keys = await keysOf(options, naming);
  const out = resolve(options.out);
  const made = await openReadOnly(site.data).exportEvents(
    { naming, from, to, keys, out },
    {
      signal: context.world.signal,
      onProgress: ({ done, of }) => context.progress(`${Math.floor((100 * done) / of)} %`),
    },
  );
  if (!made.ok) {
    context.tell(`bailee: ${made.why}`);
    context.exitCode = ExitCode.difference;
    return;
  }
  const { events, bytes, sealedUntil } = made.value;
  if (options.json === true) return context.json(made.value);
  context.out(
    context.say({
      en: `${out}: ${events} events, ${bytes} bytes; sealed until ${shown(sealedUntil)}`,
      zh: `${out}：${events} 个事件，${bytes} 字节；封存至 ${shown(sealedUntil)}`,
    }),
  );
}

/** @throws UsageError for an EPC that is none */
async function keysOf({ lot, epc, receipt }: Options, naming: Naming): Promise<EventKey[]> {
  const { Names } = await import('../epcis/journal/naming.ts');
  const keys: EventKey[] = [];
  if (lot !== undefined) keys.push(['lot', lot]);
  if (receipt !== undefined) keys.push(['bizTransaction', new Names(naming).receipt(receipt)]);
  if (epc === undefined) return keys;
  const { namedByHex } = await import('../epcis/journal/epc-uri.ts');
  const { canonicalName } = await import('../epcis/event-keys.ts');
  const uri = /^[0-9A-Fa-f]+$/.test(epc)
    ? namedByHex(epc.toLowerCase())?.uri
    : epc.includes(':')
      ? epc
      : undefined;
  if (uri === undefined) throw new UsageError(`"${epc}" is no EPC in hexadecimal and no URI`);
  return [...keys, ['epc', canonicalName(uri)]];
}
