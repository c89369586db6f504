import type { Command } from 'commander';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import type { Journey } from '../gateway/archive/journey.ts';
import type { Paper } from '../gateway/archive/journey-leg.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { readInput, span } from './inputs.ts';
import { readPolicy } from './policy-file.ts';

type Options = {
  readonly policy: string;
  readonly handOver?: readonly string[];
  readonly key?: readonly string[];
  readonly lot?: string;
  readonly allowOut?: string;
  readonly allowGap: string;
  readonly json?: boolean;
};

/** Exit code for a journey of which a part is no evidence. */
const INVALID = 2;

export function journeyCommand(context: Context): Command {
  const made = command(context, 'journey', {
    summary: {
      en: 'verify the bundles of goods that went from keeper to keeper, and link them',
      zh: '核验货物辗转各保管方的证明包，并将其首尾相连',
    },
    more: {
      en: `Each bundle is verified as by bailee verify, with its own question. Two legs are linked where terms of a hand-over name a root that the
giver’s log had, the taker’s log names those terms, and both signed with keys you trust (--key). A leg that is not here is shown as missing.
Exit 0: all legs are valid, linked and answer yes;  1: no or undecided;  2: a part is no evidence;
    78: a policy, hand-over or key is wrong;  74: a file cannot be read.`,
      zh: `每个证明包均按 bailee verify 核验，并回答其自带的问题。交接条款载明交出方日志曾有的根、接收方日志载明该条款、双方均以您信任的密钥（--key）
签名，两段即相连。缺少的一段会显示为缺失。
退出码 0：各段均有效、相连且结论为“是”；1：结论为“否”或“无法判定”；2：其中一部分不构成证据；
      78：策略、交接单或密钥有误；74：文件无法读取。`,
    },
    examples: [
      'bailee journey truck.zip store.zip --policy policy.json --key coldtruck=9f…64 digits… --key store-7=41…64 digits…',
      'bailee journey truck.zip store.zip --policy policy.json --key … --allow-out 30m --allow-gap 5m --json',
    ],
  });
  return withJson(made, context)
    .argument('<bundles...>', context.say({ en: 'the proof file of each leg', zh: '各段的证明包' }))
    .requiredOption(
      '--policy <file>',
      context.say({ en: 'your policy: whose logs you trust', zh: '您的策略：信任哪些日志' }),
    )
    .option(
      '--hand-over <file...>',
      context.say({
        en: 'terms, signatures or objections that are in no bundle',
        zh: '证明包之外的交接条款、签名或异议文件',
      }),
    )
    .option(
      '--key <party=key...>',
      context.say({ en: 'Ed25519 key of a party, 64 digits', zh: '当事方的 Ed25519 公钥，64 位十六进制' }),
    )
    .option(
      '--lot <lot>',
      context.say({ en: 'the lot; else that of the first hand-over', zh: '批次；默认取首次交接的批次' }),
    )
    .option(
      '--allow-out <span>',
      context.say({
        en: 'time out of range that is borne with over all legs; else each bundle’s own',
        zh: '各段合计可容忍的超限时长；默认按各证明包自身',
      }),
    )
    .option(
      '--allow-gap <span>',
      context.say({ en: 'time between legs that is borne with', zh: '两段之间可容忍的间隔' }),
      '0s',
    )
    .action((bundles: string[], options: Options) => run(context, bundles, options));
}

async function run(context: Context, bundles: readonly string[], options: Options): Promise<void> {
  const { nodePrimitives } = await import('../gateway/site/primitives.ts');
  const { verifyJourney } = await import('../gateway/archive/journey.ts');
  const journey = verifyJourney(
    {
      legs: bundles.map((name) => ({ name, bundle: readInput(name) })),
      papers: await Promise.all((options.handOver ?? []).map((file) => readPaper(file))),
      policy: await readPolicy(options.policy),
      keys: keysOf(options.key ?? []),
      lot: options.lot ?? null,
      allowOutMs: options.allowOut === undefined ? null : span(options.allowOut),
      allowGapMs: span(options.allowGap),
    },
    nodePrimitives,
  );
  context.exitCode = exitCodeOf(journey);
  if (options.json === true) context.json(journey);
  else {
    const { describeJourney } = await import('./journey-text.ts');
    context.out(describeJourney(journey, context.lang));
  }
}

function exitCodeOf({ evidence, answer }: Journey): number {
  if (evidence === 'invalid') return INVALID;
  return answer === 'yes' ? ExitCode.ok : ExitCode.difference;
}

async function readPaper(file: string): Promise<Paper> {
  const { readHandOverPaper } = await import('../gateway/archive/journey-leg.ts');
  const { nodePrimitives } = await import('../gateway/site/primitives.ts');
  const read = readHandOverPaper(readInput(file), nodePrimitives);
  if (read.ok) return read.value;
  throw new ConfigError(read.problems.map((problem) => ({ ...problem, file })));
}

/** @throws UsageError */
function keysOf(pairs: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>();
  for (const pair of pairs) {
    const [, party, key] = /^(\S{1,64})=([0-9a-f]{64})$/.exec(pair) ?? [];
    if (party === undefined || key === undefined)
      throw new UsageError(`--key "${pair}" is not PARTY=KEY with 64 small hexadecimal digits`);
    keys.set(party, (keys.get(party) ?? new Set()).add(key));
  }
  return keys;
}
