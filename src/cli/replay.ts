import { basename } from 'node:path';
import type { Command } from 'commander';
import { describeProblems } from '../config/describe.ts';
import { ExitCode } from '../domain/errors.ts';
import { RecordType } from '../domain/record.ts';
import type { Decision, Difference, ReplayReport } from '../gateway/archive/replay.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, epochAsked, withEpoch, type EpochOptions } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { readInput, shown } from './inputs.ts';

type Options = EpochOptions & {
  readonly from?: string;
  readonly to?: string;
  readonly rules?: readonly string[];
  readonly json?: boolean;
};

export function replayCommand(context: Context): Command {
  const made = command(context, 'replay', {
    summary: {
      en: 'decide a journal’s records anew and compare: the same rules must give the same alarms',
      zh: '重放日志并比对：同样的规则必须得出同样的报警',
    },
    more: {
      en: 'Uses the rule and configuration files that the journal itself kept. Exit 0: no difference; 1: the first one is shown. With --rules nothing is compared: it counts the alarms that other rules would have raised.',
      zh: '使用日志自身保存的规则与配置文件。退出码 0：无差异；1：显示首个差异。带 --rules 时不比对，只统计换用其他规则会产生的报警。',
    },
    examples: [
      'bailee replay --data /var/lib/bailee',
      'bailee replay --data ./copy --from 100 --rules new-rules.yaml',
    ],
  });
  return withJson(withEpoch(made, context), context)
    .option('--from <block>', context.say({ en: 'first block', zh: '起始区块' }))
    .option(
      '--to <block>',
      context.say({
        en: 'last block; without it all, the unsealed records too',
        zh: '末尾区块；省略则含未封存记录',
      }),
    )
    .option(
      '--rules <file...>',
      context.say({ en: 'other rule files instead of those kept', zh: '换用其他规则文件' }),
    )
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const args = {
    from: blockNumber(options.from ?? '0'),
    to: options.to === undefined ? null : blockNumber(options.to),
    rules:
      options.rules?.map((file, i) => ({
        name: `other/${i}-${basename(file)}`,
        bytes: readInput(file),
      })) ?? null,
  };
  const directory = await dataDirectory(options);
  const { openReadOnly } = await import('../gateway/archive/open-read-only.ts');
  const report = await openReadOnly(directory, epochAsked(options)).replay(args, {
    signal: context.world.signal,
    onProgress: ({ done, of }) => context.progress(`${done}/${of}`),
  });
  const isDone = report.difference === null && report.first !== null;
  context.exitCode = isDone ? ExitCode.ok : ExitCode.difference;
  if (options.json === true) context.json(report);
  else context.out(describe(report, args.rules !== null, context));
}

function blockNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`"${text}" is no block number`);
  return Number(text);
}

function describe(r: ReplayReport, isBackTest: boolean, context: Context): string {
  const erased = erasedLine(r, context);
  const replayed = context.say({
    en: `${r.blocks} blocks from ${r.first ?? '-'} on: ${r.inputs} records decided on, ${r.starts} rule sets, ${r.outputs} decisions the same`,
    zh: `自区块 ${r.first ?? '-'} 起共 ${r.blocks} 个区块：${r.inputs} 条输入记录，${r.starts} 个规则集，${r.outputs} 项相同的决定`,
  });
  const counts = erased === null ? replayed : `${replayed}\n${erased}`;
  if (r.difference !== null) return `${counts}\n${describeDifference(r.difference, context)}`;
  if (r.first === null) {
    const nothing = context.say({
      en: 'Nothing to replay: no rule set stands in these blocks or before.',
      zh: '无可重放：这些区块及之前没有规则集。',
    });
    return erased === null ? nothing : `${erased}\n${nothing}`;
  }
  if (!isBackTest) return `${counts}\n${context.say({ en: 'No difference.', zh: '没有差异。' })}`;
  const head = context.say({ en: 'recorded  with these rules  alarm', zh: '实际次数  换用规则后  报警' });
  const lines = r.alarms.map(
    (a) => `${String(a.recorded).padStart(8)}  ${String(a.replayed).padStart(16)}  ${a.alarm}`,
  );
  return [counts, head, ...lines].join('\n');
}

/** Blocks whose readings are gone are left out, and it is said. */
function erasedLine({ erased }: ReplayReport, context: Context): string | null {
  if (erased.blocks === 0) return null;
  const acts = erased.acts.map(({ block, seq }) => `${block}/${seq}`).join(', ');
  return context.say({
    en: `${erased.blocks} blocks left out up to the next rule set: their readings were erased (block/act ${acts})`,
    zh: `${erased.blocks} 个区块被跳过，至下一规则集为止：其读数已被删除（区块/操作记录 ${acts}）`,
  });
}

function describeDifference(d: Difference, context: Context): string {
  const record = d.seq === null ? '' : `, ${context.say({ en: 'record', zh: '记录' })} 0/${d.seq}`;
  const at = `${context.say({ en: 'First difference: block', zh: '首个差异：区块' })} ${d.block}${record}`;
  const [expected, found] = [
    context.say({ en: 'journal', zh: '日志记载' }),
    context.say({ en: 'replay ', zh: '重放所得' }),
  ];
  switch (d.kind) {
    case 'output':
      return [
        at,
        `  ${expected}: ${decision(d.expected, context)}`,
        `  ${found}: ${decision(d.found, context)}`,
      ].join('\n');
    case 'state': {
      const what = context.say({ en: 'state before event 7', zh: '事件 7 之前的状态' });
      return [at, `  ${what}`, `  ${expected}: ${d.expected}`, `  ${found}: ${d.found}`].join('\n');
    }
    case 'missing':
      return `${at}\n  ${context.say({ en: 'not kept', zh: '未保存' })}: ${d.what} (${d.sha256})`;
    case 'unreadable': {
      const what = context.say({ en: 'the state to go on from is not read', zh: '无法读取起始状态' });
      return `${at}\n  ${what}: ${d.message}`;
    }
    case 'refused':
    default:
      return `${at}\n${describeProblems(d.problems, context.lang)}`;
  }
}

function decision(d: Decision | null, context: Context): string {
  if (d === null) return context.say({ en: 'nothing', zh: '无' });
  const name = Object.entries(RecordType).find(([, type]) => type === d.type)?.[0] ?? String(d.type);
  return `${shown(d.t)} ${name} ${JSON.stringify(d.body)}`;
}
