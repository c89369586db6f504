import type { Command } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, withData, type DataOptions } from './data-directory.ts';

export function policyCommand(context: Context): Command {
  return withData(
    command(context, 'policy', {
      summary: {
        en: 'print the policy file that a verifier of this gateway starts from',
        zh: '输出本网关的验证策略文件',
      },
      more: {
        en: 'Hand it over by a way you trust: it names the log key that all proofs rest on. The verifier may sharpen it.',
        zh: '请经可信途径交付：其中的日志公钥是全部证明的根据。验证方可自行收紧。',
      },
      examples: ['bailee policy --data /var/lib/bailee > policy.json'],
    }),
    context,
  ).action((options: DataOptions) => print(context, options));
}

async function print(context: Context, options: DataOptions): Promise<void> {
  const directory = await dataDirectory(options);
  const { policyFileOf } = await import('../gateway/keys/policy.ts');
  const policy = policyFileOf(directory);
  if (!policy.ok) {
    context.tell(`bailee: ${policy.why}`);
    context.exitCode = ExitCode.difference;
    return;
  }
  context.out(policy.value.trimEnd());
  const { parsePolicy } = await import('../evidence/policy.ts');
  const { sha256 } = await import('../gateway/site/primitives.ts');
  const parsed = parsePolicy(new TextEncoder().encode(policy.value), sha256);
  if (!parsed.ok) throw new Error(`a policy file was written that ${parsed.why}`);
  if (![...parsed.policy.values()].some((p) => p.k === 0)) return;
  context.tell(
    context.say({
      en: 'k is 0: no witness is named, so no independent time of any head is proven (limit L7).',
      zh: 'k 为 0：未指定见证人，因此任何日志头都没有独立的时间证明（限制 L7）。',
    }),
  );
}
