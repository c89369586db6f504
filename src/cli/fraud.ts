import type { Command } from 'commander';
import type { Text } from '../domain/alarm.ts';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import type { FraudKey, FraudVerdict } from '../evidence/fraud.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { readInput } from './inputs.ts';

type Options = { readonly policy?: string; readonly key?: readonly string[]; readonly json?: boolean };
type KeysOf = (origin: string) => readonly FraudKey[];
type Proved = Extract<FraudVerdict, { proved: true }>;

export function fraudCommand(context: Context): Command {
  const made = command(context, 'fraud', {
    summary: {
      en: 'check a fraud file: two signed heads of one log that cannot both be true',
      zh: '核验欺诈证据文件：同一日志的两个签名日志头互相矛盾',
    },
    more: {
      en: `Needs no network. Witnesses and gateways keep such files in the folder "fraud" of their state or data directory.
Trust the keys, not the file: give your policy, or the log’s verifier key as you know it.
Exit 0: fraud is proved; 1: it is not, and it says why; 78: the policy file is wrong; 74: a file cannot be read.`,
      zh: `无需网络。见证方与网关将此类文件存于各自状态目录或数据目录的 fraud 文件夹中。
请信任密钥而非文件：提供您的策略，或您所知的日志验证公钥。
退出码 0：欺诈已证明；1：未证明，并说明原因；78：策略文件有误；74：文件无法读取。`,
    },
    examples: [
      'bailee fraud fraud/1f0c9d2e8a7b6c54.json --policy policy.json',
      'bailee fraud evidence.json --key "consortium.example/gw/b0b1b2b3b4b5b6b7/0+2da…+AQ…"',
    ],
  });
  return withJson(made, context)
    .argument('<file>', context.say({ en: 'the fraud file', zh: '欺诈证据文件' }))
    .option(
      '--policy <file>',
      context.say({ en: 'your policy, which names the log’s keys', zh: '您的策略，其中列有日志公钥' }),
    )
    .option(
      '--key <vkey...>',
      context.say({ en: 'verifier keys of the log instead', zh: '或直接给出日志的验证公钥' }),
    )
    .action((file: string, options: Options) => run(context, file, options));
}

async function run(context: Context, file: string, options: Options): Promise<void> {
  const { checkFraud } = await import('../evidence/fraud.ts');
  const { nodePrimitives } = await import('../gateway/site/primitives.ts');
  const keysOf = await trustedKeys(options);
  const verdict = checkFraud(readInput(file), keysOf, nodePrimitives);
  context.exitCode = verdict.proved ? ExitCode.ok : ExitCode.difference;
  if (options.json === true) context.json(shownJson(verdict));
  else if (verdict.proved) context.out(context.say(sentence(verdict)));
  else {
    const word = context.say({ en: 'Not proved', zh: '未证明' });
    context.out(`${word}: ${verdict.code}, ${verdict.why}`);
  }
}

/** What is proved, in one sentence. */
function sentence({ origin, first, second, otherRoot }: Proved): Text {
  const key = first.key.name === second.key.name ? keyText(first.key.id) : '';
  const [one, other] = [short(first.root), short(otherRoot)];
  if (first.size === second.size) {
    return {
      en: `FRAUD PROVED: the holder of the log key of ${origin}${key} signed two histories, for at size ${first.size} one head has root ${one} and the other has root ${other}.`,
      zh: `欺诈已证明：${origin} 的日志密钥${key}持有人签署了两种历史：在大小 ${first.size} 处，一个日志头的根为 ${one}，另一个为 ${other}。`,
    };
  }
  return {
    en: `FRAUD PROVED: the holder of the log key of ${origin}${key} signed two histories, for the head of size ${first.size} has root ${one}, and the history under the head of size ${second.size} had root ${other} at that size.`,
    zh: `欺诈已证明：${origin} 的日志密钥${key}持有人签署了两种历史：大小为 ${first.size} 的日志头之根为 ${one}，而大小为 ${second.size} 的日志头所含历史在该处之根为 ${other}。`,
  };
}

function keyText(id: Uint8Array): string {
  return ` (${Buffer.from(id).toString('hex')})`;
}

function short(root: Uint8Array): string {
  return `${Buffer.from(root).toString('hex').slice(0, 16)}…`;
}

async function trustedKeys({ policy, key }: Options): Promise<KeysOf> {
  if ((policy === undefined) === (key === undefined)) throw new UsageError('give either --policy or --key');
  const { sha256 } = await import('../gateway/site/primitives.ts');
  if (policy !== undefined) {
    const { parsePolicy } = await import('../evidence/policy.ts');
    const parsed = parsePolicy(readInput(policy), sha256);
    if (!parsed.ok) throw new ConfigError([{ path: [], message: parsed.why, file: policy }]);
    return (origin) => parsed.policy.get(origin)?.keys ?? [];
  }
  const { parseNoteKey } = await import('../evidence/note-key.ts');
  const keys = (key ?? []).map((text) => {
    const parsed = parseNoteKey(sha256, text);
    if (!parsed.ok) throw new UsageError(`--key ${parsed.why}`);
    return parsed.key;
  });
  return (origin) => keys.filter((k) => k.name === origin).map((k) => ({ key: k, from: 0, to: null }));
}

function shownJson(verdict: FraudVerdict): unknown {
  if (!verdict.proved) return verdict;
  const { origin, first, second, otherRoot } = verdict;
  return { proved: true, origin, first: headJson(first), second: headJson(second), otherRoot };
}

function headJson({ size, root, key }: Proved['first']): unknown {
  return { size, root, keyId: key.id };
}
