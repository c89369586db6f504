import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CbvVersion } from '../epcis/event-hash.ts';
import { ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import { exportCommand } from './epcis-export.ts';
import { outboxCommand } from './epcis-outbox.ts';
import { withdrawCommand } from './epcis-withdraw.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { readInput } from './inputs.ts';

type Options = {
  readonly version: CbvVersion;
  readonly gs1Base: string;
  readonly prehash?: boolean;
  readonly json?: boolean;
};

export function epcisCommand(context: Context): Command {
  return command(context, 'epcis', {
    summary: { en: 'events as GS1 EPCIS 2.0 has them', zh: 'GS1 EPCIS 2.0 事件' },
    examples: ['bailee epcis hash events.jsonld'],
  })
    .addCommand(hashCommand(context))
    .addCommand(checkCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(outboxCommand(context))
    .addCommand(withdrawCommand(context));
}

function checkCommand(context: Context): Command {
  const made = command(context, 'check', {
    summary: {
      en: 'everything that is wrong with an EPCIS 2.0 document, each with its place',
      zh: '检查 EPCIS 2.0 文档，逐一指明每处错误及其位置',
    },
    more: {
      en: `FILE is JSON-LD: a document, a query document or an event alone; "-" is standard input. Looks at the same as the GS1 JSON schema,
so what passes here is taken by a repository's capture interface as far as its form goes.
Exit 0: nothing is wrong; 1: something is.`,
      zh: `FILE 为 JSON-LD：文档、查询文档或单个事件；“-”表示标准输入。检查范围与 GS1 JSON Schema 相同，因此通过检查的文档
在格式上可被 EPCIS 存储库的采集接口接受。退出码 0：无误；1：有误。`,
    },
    examples: ['bailee epcis check events.jsonld', 'bailee epcis check - --json < events.jsonld'],
  });
  return withJson(made, context)
    .argument('<file>', context.say({ en: 'file with events, or "-"', zh: '事件文件，或“-”' }))
    .action((file: string, options: { readonly json?: boolean }) => check(context, file, options));
}

async function check(context: Context, file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { readDocument } = await import('../epcis/event-reader.ts');
  const document = readDocument(await bytesOf(context, file));
  const faults = document.ok ? [] : document.faults;
  if (!document.ok) context.exitCode = ExitCode.difference;
  if (json === true) return context.json({ ok: document.ok, faults });
  for (const { path, problem } of faults) context.tell(`bailee: ${file}: ${path}: ${problem}`);
  if (document.ok) {
    const n = document.events.length;
    context.out(context.say({ en: `events: ${n}; nothing is wrong`, zh: `事件 ${n} 个，无误` }));
  }
}

function hashCommand(context: Context): Command {
  const made = command(context, 'hash', {
    summary: {
      en: 'the CBV hash of each event: the same for all who say the same',
      zh: '计算每个事件的 CBV 哈希：内容相同则哈希相同',
    },
    more: {
      en: `FILE is JSON-LD or XML: an EPCIS document, a query document or an event alone; "-" is standard input. One line an event: the
hash, its place in the file, its type and time. The meaning of ?ver=CBV2.0 changed in 2026; this is the 2026 layout, so a
partner with older software gets another hash for events with sensor data or extensions. 2.1 is a draft. Nothing is fetched:
the contexts of GS1 are known, others are refused. Exit 0: all events have a hash; 1: some have not, each with its place; 64:
no such document.`,
      zh: `FILE 为 JSON-LD 或 XML：EPCIS 文档、查询文档或单个事件；“-”表示标准输入。每个事件输出一行：哈希、在文件中的位置、类型和时间。
?ver=CBV2.0 的含义在 2026 年有变更，此处采用 2026 年的布局，因此对含传感器数据或扩展字段的事件，使用旧版软件的伙伴会得到不同的哈希。
2.1 为草案。不访问网络：只认 GS1 的上下文，其他一律拒绝。退出码 0：所有事件都有哈希；1：部分没有，并逐一指明位置；64：不是此类文档。`,
    },
    examples: [
      'bailee epcis hash events.jsonld',
      'bailee epcis hash events.xml --version 2.1 --prehash',
      'curl -s https://partner.example/epcis/v2/events | bailee epcis hash - --json',
    ],
  });
  return withJson(made, context)
    .argument('<file>', context.say({ en: 'file with events, or "-"', zh: '事件文件，或“-”' }))
    .addOption(
      new Option('--version <version>', context.say({ en: 'version of CBV', zh: 'CBV 版本' }))
        .choices(['2.0', '2.1'])
        .default('2.0'),
    )
    .option(
      '--gs1-base <address>',
      context.say({ en: 'what "gs1:" stands for', zh: '“gs1:”所代表的地址' }),
      address,
      'https://ref.gs1.org/voc/',
    )
    .option(
      '--prehash',
      context.say({ en: 'print the text that is hashed, too', zh: '同时输出被哈希的文本' }),
    )
    .action((file: string, options: Options) => hash(context, file, options));
}

function address(text: string): string {
  if (/^https?:\/\/[^\s/]+\/(?:[^\s]*\/)?$/.test(text)) return text;
  throw new InvalidArgumentError('an address that ends in /, e.g. https://ref.gs1.org/voc/');
}

async function hash(context: Context, file: string, options: Options): Promise<void> {
  const { readEvents } = await import('../epcis/event-document.ts');
  const read = readEvents(await bytesOf(context, file));
  if (!read.ok) throw new UsageError(`${file}: ${read.why}`);
  const { sha256 } = await import('../gateway/site/primitives.ts');
  const { answerOf, describeEvent } = await import('./epcis-answer.ts');
  const events = read.value.map((placed) => answerOf(placed, options, sha256));
  if (events.some((e) => 'why' in e)) context.exitCode = ExitCode.difference;
  if (options.json === true)
    return context.json({ version: `CBV${options.version}`, gs1Base: options.gs1Base, events });
  for (const event of events) {
    if ('why' in event) context.tell(`bailee: ${file}: ${event.place}: ${event.why}`);
    else context.out(describeEvent(event, options.prehash === true, context));
  }
}

/** @throws StorageError IO */
async function bytesOf(context: Context, file: string): Promise<Uint8Array> {
  if (file !== '-') return readInput(file);
  const chunks: Buffer[] = [];
  for await (const chunk of context.world.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
