import type { Command } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import type { AuditReport } from '../evidence/audit.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, epochAsked, withEpoch, type EpochOptions } from './data-directory.ts';
import { readInput } from './inputs.ts';

type Options = EpochOptions & { readonly policy?: string; readonly json?: boolean };

export function auditCommand(context: Context): Command {
  const made = command(context, 'audit', {
    summary: {
      en: 'verify a whole data directory: every record, block, signature and the unsealed tail',
      zh: '核验整个数据目录：全部记录、区块、签名及未封存的尾部',
    },
    more: {
      en: 'The gateway may run meanwhile. Exit 0: all holds; 1: something does not, and each thing is named.',
      zh: '可在网关运行时执行。退出码 0：全部成立；1：有不成立之处，逐条列出。',
    },
    examples: [
      'bailee audit --data /var/lib/bailee',
      'bailee audit --data ./copy --policy policy.json --json',
    ],
  });
  return withJson(withEpoch(made, context), context)
    .option(
      '--policy <file>',
      context.say({
        en: 'take the keys from a verifier’s policy file, not from the journal itself',
        zh: '公钥取自验证策略文件，而非日志自身',
      }),
    )
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const directory = await dataDirectory(options);
  const { openReadOnly } = await import('../gateway/archive/open-read-only.ts');
  const found = await openReadOnly(directory, epochAsked(options)).audit(
    { policyFile: options.policy === undefined ? null : readInput(options.policy) },
    {
      signal: context.world.signal,
      onProgress: ({ done, of }) => context.progress(`${done}/${of}`),
    },
  );
  if (!found.ok) {
    context.tell(`bailee: ${found.why}`);
    context.exitCode = ExitCode.difference;
    return;
  }
  const report = found.value;
  context.exitCode = report.found === 0 ? ExitCode.ok : ExitCode.difference;
  if (options.json === true) context.json(report);
  else context.out(describe(report, context));
}

function describe(r: AuditReport, context: Context): string {
  const place = (block: number | null, slot: number | null): string =>
    [
      block === null ? '' : `${context.say({ en: 'block', zh: '区块' })} ${block}`,
      slot === null ? '' : `${context.say({ en: 'slot', zh: '槽位' })} ${slot}`,
    ]
      .filter((part) => part !== '')
      .join(', ');
  const counts = context.say({
    en: `${r.origin}: ${r.blocks} blocks, ${r.segments} segments, ${r.leaves} sealed records, ${r.notes} signed heads, ${r.tail} records not sealed yet`,
    zh: `${r.origin}：${r.blocks} 个区块，${r.segments} 个分段，${r.leaves} 条已封存记录，${r.notes} 个已签名日志头，${r.tail} 条未封存记录`,
  });
  const holds = context.say({ en: 'All of it holds.', zh: '全部成立。' });
  if (r.found === 0) return [counts, ...erasedLines(r, context), holds].join('\n');
  const head = context.say({ en: `${r.found} problems:`, zh: `${r.found} 处问题：` });
  const lines = r.problems.map(({ block, slot, problem }) => `  ${place(block, slot)}: ${problem}`);
  const rest = r.found - r.problems.length;
  const more = rest === 0 ? [] : [context.say({ en: `  and ${rest} more`, zh: `  另有 ${rest} 处` })];
  return [counts, ...erasedLines(r, context), head, ...lines, ...more].join('\n');
}

/** What was erased is gone by an act that anybody can look up; it is said, never passed over. */
function erasedLines({ erased }: AuditReport, context: Context): string[] {
  if (erased.segments === 0) return [];
  const acts = erased.acts.map(({ block, seq, stream }) =>
    context.say({
      en: `  ${stream}: by act ${seq} of block ${block}`,
      zh: `  ${stream}：由区块 ${block} 的操作记录 ${seq} 删除`,
    }),
  );
  const said = context.say({
    en: `Erased: ${erased.leaves} records in ${erased.segments} segments; what was sealed about them (how many, least, greatest, silences) still holds.`,
    zh: `已删除：${erased.segments} 个分段中的 ${erased.leaves} 条记录；其封存的摘要（条数、最小值、最大值、缺测时段）仍然成立。`,
  });
  return [said, ...acts];
}
