import { writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { Text } from '../domain/alarm.ts';
import { ExitCode, StorageError } from '../domain/errors.ts';
import { parseDecimal, ucumOf, type Decimal } from '../domain/units.ts';
import type { ExportArgs, Exported } from '../gateway/export.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, withData, type DataOptions } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { moment, readInput, shown, span } from './inputs.ts';

type Options = DataOptions & {
  readonly stream: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly out: string;
  readonly unit?: string;
  readonly min?: string;
  readonly max?: string;
  readonly maxGap?: string;
  readonly allowOut?: string;
  readonly allowGap?: string;
  readonly present?: string;
  readonly events?: boolean;
  readonly policy?: string;
  readonly json?: boolean;
};

export function exportCommand(context: Context): Command {
  const say = (text: Text): string => context.say(text);
  const made = command(context, 'export', {
    summary: {
      en: 'write a bundle that proves what streams measured over a time',
      zh: '导出证明包：证明某段时间内各数据流的测量值',
    },
    more: {
      en: 'Times: 2026-01-31T08:00:00+08:00, local time without an offset, now, or how long ago (2h). Only sealed records can be proven. The gateway may run meanwhile.',
      zh: '时间写法：2026-01-31T08:00:00+08:00、无时区的本地时间、now，或距今多久（2h）。只有已封存的记录可以证明。可在网关运行时执行。',
    },
    examples: [
      'bailee export --data /var/lib/bailee --stream probe-1/temperature --from 24h --to 10m --min 2 --max 8 --out cold-1.zip',
      'bailee export --config gateway.yaml --stream door-1/door --from 2026-01-31 --to 2026-02-01 --events --out door.zip',
    ],
  });
  return withJson(withData(made, context), context)
    .requiredOption('--stream <id...>', say({ en: 'stream, DEVICE/CHANNEL', zh: '数据流，设备/通道' }))
    .requiredOption('--from <time>', say({ en: 'begin of the time', zh: '起始时间' }))
    .requiredOption('--to <time>', say({ en: 'end of the time, not included', zh: '结束时间（不含）' }))
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
      new Option(
        '--present <epc>',
        say({ en: 'ask where this tag was seen instead', zh: '改为询问此标签是否在场' }),
      ).conflicts(['min', 'max', 'unit', 'allowOut']),
    )
    .option(
      '--events',
      say({ en: 'with all events, rule files and snapshots', zh: '附全部事件、规则文件与状态快照' }),
    )
    .option('--policy <file>', say({ en: 'policy file of who will verify it', zh: '验证方的策略文件' }))
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const args = argsOf(options, Date.now());
  const directory = await dataDirectory(options);
  const { openReadOnly } = await import('../gateway/open-read-only.ts');
  context.tell(context.say({ en: 'Collecting and checking …', zh: '正在收集并核验……' }));
  const exported = await openReadOnly(directory).export(args, { signal: context.world.signal });
  if (!exported.ok) {
    context.tell(`bailee: ${exported.why}`);
    context.exitCode = ExitCode.difference;
    return;
  }
  const { bundle, ...rest } = exported.value;
  write(options.out, bundle);
  if (options.json === true) context.json({ file: options.out, bytes: bundle.length, ...rest });
  else context.out(describe(exported.value, options.out, context));
  if (args.to > rest.sealedUntil) {
    context.tell(
      context.say({
        en: `Sealed until ${shown(rest.sealedUntil)}: what is later is not in it, and the answer cannot be yes.`,
        zh: `封存至 ${shown(rest.sealedUntil)}：此后的数据不在其中，结论不可能为“是”。`,
      }),
    );
  }
}

function argsOf(o: Options, now: number): Omit<ExportArgs, 'directory'> {
  const [from, to] = [moment(o.from, now), moment(o.to, now)];
  if (from >= to) throw new UsageError(`--from ${shown(from)} is not before --to ${shown(to)}`);
  const maxGapMs = o.maxGap === undefined ? null : span(o.maxGap);
  const allowGapMs = span(o.allowGap ?? '0s');
  const policyFile = o.policy === undefined ? null : readInput(o.policy);
  const shared = { policyFile, streams: o.stream, from, to, events: o.events === true };
  if (o.present !== undefined) {
    const epc = o.present.toLowerCase();
    if (!/^([0-9a-f]{2})+$/.test(epc)) throw new UsageError(`"${o.present}" is no EPC in hexadecimal`);
    return { ...shared, ask: { kind: 'present', epc, maxGapMs, allowGapMs } };
  }
  const allowOutMs = span(o.allowOut ?? '0s');
  const [min, max] = [decimal(o.min), decimal(o.max)];
  return {
    ...shared,
    ask: { kind: 'range', unit: unitOf(o.unit), min, max, maxGapMs, allowOutMs, allowGapMs },
  };
}

function decimal(text: string | undefined): Decimal | null {
  if (text === undefined) return null;
  const parsed = parseDecimal(text);
  if (parsed === null) throw new UsageError(`"${text}" is no decimal number`);
  return parsed;
}

function unitOf(spelling: string | undefined): string | null {
  if (spelling === undefined) return null;
  const unit = ucumOf(spelling);
  if (unit === null) throw new UsageError(`"${spelling}" is no unit that is known; write e.g. °C or %`);
  return unit;
}

function write(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StorageError('IO', `${path} cannot be written: ${why}`, { cause: error });
  }
}

function describe(e: Exported, file: string, context: Context): string {
  const { question: q, files } = e;
  const kept = files.filter((name) => name.startsWith('rules/') || name.startsWith('files/')).length;
  const proof = e.ledgerProof
    ? context.say({ en: 'with a ledger’s proof', zh: '附账本证明' })
    : context.say({ en: 'without a ledger’s proof', zh: '无账本证明' });
  return [
    `${file}: ${e.bundle.length} ${context.say({ en: 'bytes', zh: '字节' })}`,
    `  ${e.origin}, ${context.say({ en: 'head of size', zh: '日志头大小' })} ${e.size}, ${proof}`,
    `  ${shown(q.from)} … ${shown(q.to)}`,
    `  ${context.say({ en: 'slots', zh: '槽位' })} ${q.slots.join(', ')}${kept === 0 ? '' : `, ${kept} ${context.say({ en: 'documents', zh: '份文件' })}`}`,
    context.say({ en: 'To verify it anywhere, without this gateway:', zh: '可在任何地方脱离本网关验证：' }),
    `  bailee verify ${file} --policy policy.json`,
    context.say({
      en: 'policy.json comes from: bailee policy --data DIR',
      zh: 'policy.json 由 bailee policy --data DIR 生成',
    }),
  ].join('\n');
}
