import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { Text } from '../domain/alarm.ts';
import { ExitCode } from '../domain/errors.ts';
import type { EpochSpan } from '../gateway/keys/epoch-spans.ts';
import type { ExportArgs, Exported, ExportProgress } from '../gateway/archive/export.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, epochAsked, withEpoch } from './data-directory.ts';
import { wishOf, type ExportOptions } from './export-options.ts';
import { readInput, shown } from './inputs.ts';

export function exportCommand(context: Context): Command {
  const say = (text: Text): string => context.say(text);
  const made = command(context, 'export', {
    summary: {
      en: 'write a bundle that proves what streams, a zone or a tag’s readers saw over a time',
      zh: '导出证明包：证明某段时间内数据流、库区或标签读点的记录',
    },
    more: {
      en: `Times: 2026-01-31T08:00:00+08:00, local time without an offset, now, or how long ago (2h). Only sealed records can be proven. The gateway may run meanwhile.
A zone is all streams that looked at it in that time; the question is about those of one unit, the others are shown beside them.
--mode full shows every record, summary only headers (how many, least, greatest, silences), partial single records with
their proofs: the sightings of the tag, the readings out of the limits, or those of the times in --show. What is
left out stays open: full may be answered yes or no, summary and partial at best no, for what they show.
Goods that were moved take a bundle for each place they lay in, each with its own time.
A window that is too long for one bundle becomes several: NAME-1.zip, NAME-2.zip …`,
      zh: `时间写法：2026-01-31T08:00:00+08:00、无时区的本地时间、now，或距今多久（2h）。只有已封存的记录可以证明。可在网关运行时执行。
库区包括该时段内设在其中的全部数据流；问题针对同一单位的数据流，其余一并展示。
--mode full 展示全部记录；summary 只含分段摘要（条数、最小值、最大值、缺测时段）；partial 逐条展示并证明部分记录：
该标签的识读、超限的读数，或 --show 指定时段的记录。未展示的部分无从判定：
full 可得“是”或“否”，summary 与 partial 至多就所展示的部分得“否”。
货物移过库区的，每处一个证明包，各有其时段。
时间过长、一个证明包放不下时分成多个：NAME-1.zip、NAME-2.zip……`,
    },
    examples: [
      'bailee export --data /var/lib/bailee --stream probe-1/temperature --from 24h --to 10m --min 2 --max 8 --out cold-1.zip',
      'bailee export --config gateway.yaml --zone cold-1 --from 2026-01-31 --to 2026-02-07 --unit °C --max 8 --events --out zone.zip',
      'bailee export --data /var/lib/bailee --receipt 9f…64 digits… --out receipt.zip',
      'bailee export --data /var/lib/bailee --tag 3034257bf7194e4000001a85 --from 24h --to 1h --allow-gap 23h --out pallet.zip',
    ],
  });
  return withJson(withEpoch(made, context), context)
    .addOption(
      new Option(
        '--stream <id...>',
        say({ en: 'stream, DEVICE/CHANNEL', zh: '数据流，设备/通道' }),
      ).conflicts('zone'),
    )
    .option('--zone <id>', say({ en: 'all streams of a zone', zh: '某库区的全部数据流' }))
    .addOption(
      new Option(
        '--receipt <id>',
        say({
          en: 'all about the goods of a warehouse receipt: its sources, where they lay, the events about them',
          zh: '某仓单货物的全部记录：其数据来源、存放处的数据流与相关事件',
        }),
      ).conflicts(['stream', 'zone', 'lot']),
    )
    .addOption(
      new Option('--lot <lot>', say({ en: 'the same by lot', zh: '同上，按批次' })).conflicts([
        'stream',
        'zone',
      ]),
    )
    .addOption(
      new Option(
        '--tag <epc>',
        say({
          en: 'ask whether this tag was seen, by all readers or those of --zone or --stream',
          zh: '询问此标签是否被识读：全部读点，或 --zone、--stream 所指读点',
        }),
      ).conflicts(['min', 'max', 'unit', 'allowOut']),
    )
    .option(
      '--from <time>',
      say({ en: 'begin of the time; of goods when they came', zh: '起始时间；货物默认自入库起' }),
    )
    .option(
      '--to <time>',
      say({ en: 'end of the time, not included; of goods now', zh: '结束时间（不含）；货物默认为当前' }),
    )
    .requiredOption('--out <file>', say({ en: 'file to write', zh: '输出文件' }))
    .option('--min <value>', say({ en: 'least value allowed', zh: '允许的最小值' }))
    .option('--max <value>', say({ en: 'greatest value allowed', zh: '允许的最大值' }))
    .option('--unit <unit>', say({ en: 'unit the limits are in, to be sure', zh: '限值的单位，用于核对' }))
    .option(
      '--max-gap <span>',
      say({
        en: 'time one reading covers at most; else the stream’s own',
        zh: '一次读数最长有效时间；默认取数据流自身的值',
      }),
    )
    .option('--allow-out <span>', say({ en: 'time out of range that is borne with', zh: '可容忍的超限时长' }))
    .option(
      '--allow-gap <span>',
      say({ en: 'time without readings that is borne with', zh: '可容忍的缺测时长' }),
    )
    .addOption(
      new Option('--mode <mode>', say({ en: 'how much is shown', zh: '展示多少' }))
        .choices(['full', 'summary', 'partial'])
        .default('full'),
    )
    .option(
      '--show <times...>',
      say({ en: 'partial: show the records of FROM/TO', zh: 'partial：展示 起/止 时段的记录' }),
    )
    .option(
      '--events',
      say({ en: 'with all events, rule files and snapshots', zh: '附全部事件、规则文件与状态快照' }),
    )
    .option('--policy <file>', say({ en: 'policy file of who will verify it', zh: '验证方的策略文件' }))
    .action((options: ExportOptions) => run(context, options));
}

async function run(context: Context, options: ExportOptions): Promise<void> {
  const args: Omit<ExportArgs, 'directory'> = {
    ...wishOf(options, Date.now()),
    policyFile: options.policy === undefined ? null : readInput(options.policy),
    out: resolve(options.out),
    firstOnly: false,
  };
  const directory = await dataDirectory(options);
  const { openReadOnly } = await import('../gateway/archive/open-read-only.ts');
  context.tell(context.say({ en: 'Collecting and checking …', zh: '正在收集并核验……' }));
  const exported = await openReadOnly(directory, epochAsked(options)).export(args, {
    signal: context.world.signal,
    onProgress: (progress) => context.progress(progressLine(progress)),
  });
  const { epochSpans, spansIn } = await import('../gateway/keys/epoch-spans.ts');
  const spans = epochSpans(directory);
  const epoch = epochAsked(options) ?? spans.at(-1)?.epoch;
  const others = spansIn(spans, args).filter((span) => span.epoch !== epoch);
  for (const other of others) context.tell(otherEpochSentence(other, context));
  if (!exported.ok) {
    context.tell(`bailee: ${exported.why}`);
    context.exitCode = ExitCode.difference;
    return;
  }
  const found = exported.value;
  if (options.json === true) context.json(found);
  else context.out(describe(found, context));
  const parts = found.bundles.length;
  if (parts > 1) context.tell(severalSentence(parts, context));
  if (found.erased.length > 0) context.tell(erasedSentence(found.erased, context));
  if (args.to > found.sealedUntil) {
    context.tell(
      context.say({
        en: `Sealed until ${shown(found.sealedUntil)}: what is later is not in it, and the answer cannot be yes.`,
        zh: `封存至 ${shown(found.sealedUntil)}：此后的数据不在其中，结论不可能为“是”。`,
      }),
    );
  }
}

/** A bundle is of one epoch; that a part of the window lies in another one must not be read as silence. */
function otherEpochSentence({ epoch, from, to }: EpochSpan, context: Context): string {
  const end = to === Infinity ? '…' : shown(to);
  return context.say({
    en: `A part of this time is in epoch ${epoch} of the log (${shown(from)} … ${end}), in a bundle of its own: --epoch ${epoch}`,
    zh: `该时段的一部分属于日志的第 ${epoch} 纪元（${shown(from)} … ${end}），须单独导出：--epoch ${epoch}`,
  });
}

function progressLine({ part, parts, percent }: ExportProgress): string {
  return parts === 1 ? `${percent} %` : `${part}/${parts}: ${percent} %`;
}

function severalSentence(parts: number, context: Context): string {
  return context.say({
    en: `The window is too long for one bundle, or the goods were moved: it is in ${parts}, each of which is verified by itself.`,
    zh: `一个证明包放不下，或货物移过库区：共 ${parts} 个，请逐一核验。`,
  });
}

function erasedSentence(slots: readonly number[], context: Context): string {
  return context.say({
    en: `Records of slots ${slots.join(', ')} were erased: of these streams only headers are shown, and the answer cannot rest on records.`,
    zh: `槽位 ${slots.join('、')} 的记录已被删除：这些数据流只展示分段摘要，结论无法以记录为据。`,
  });
}

function describe(e: Exported, context: Context): string {
  const proof = e.ledgerProof
    ? context.say({ en: 'with a ledger’s proof', zh: '附账本证明' })
    : context.say({ en: 'without a ledger’s proof', zh: '无账本证明' });
  const [first] = e.bundles;
  return [
    ...e.bundles.flatMap(({ file, bytes, question: q, documents }) => [
      `${file}: ${bytes} ${context.say({ en: 'bytes', zh: '字节' })}`,
      `  ${shown(q.from)} … ${shown(q.to)}`,
      `  ${slotsLine(e.slots, q.slots, context)}${documents === 0 ? '' : `, ${documents} ${context.say({ en: 'documents', zh: '份文件' })}`}`,
    ]),
    `  ${e.origin}, ${context.say({ en: 'head of size', zh: '日志头大小' })} ${e.size}, ${proof}`,
    context.say({ en: 'To verify it anywhere, without this gateway:', zh: '可在任何地方脱离本网关验证：' }),
    `  bailee verify ${first?.file ?? ''} --policy policy.json`,
    context.say({
      en: 'policy.json comes from: bailee policy --data DIR',
      zh: 'policy.json 由 bailee policy --data DIR 生成',
    }),
  ].join('\n');
}

/** Which slots the question is about, and which are only shown. */
function slotsLine(all: readonly number[], asked: readonly number[], context: Context): string {
  const beside = all.filter((slot) => !asked.includes(slot));
  const line = `${context.say({ en: 'slots', zh: '槽位' })} ${asked.join(', ')}`;
  if (beside.length === 0) return line;
  return `${line}; ${context.say({ en: 'shown beside them', zh: '一并展示' })}: ${beside.join(', ')}`;
}
