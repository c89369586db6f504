import type { Command } from 'commander';
import { ConfigError, ExitCode, type Problem } from '../domain/errors.ts';
import type { Question } from '../evidence/question.ts';
import type { Verdict } from '../evidence/verdict.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { readInput } from './inputs.ts';
import { readPolicy } from './policy-file.ts';

type Options = { readonly policy: string; readonly question?: string; readonly json?: boolean };

/** Exit code for a bundle that is no evidence; nothing can be said from it. */
const INVALID = 2;

export function verifyCommand(context: Context): Command {
  const made = command(context, 'verify', {
    summary: {
      en: 'verify a bundle and answer a question about it; needs no network, key or database',
      zh: '核验证明包并回答问题；无需网络、密钥或数据库',
    },
    more: {
      en: `Says what is proved and what is not. Without --question the bundle’s own question is answered, which is unsigned.
Exit 0: the evidence is valid and the answer yes (or there is no question);
     1: valid, and the answer is no or undecided;  2: the evidence is invalid;
    78: the policy or question file is wrong;  74: a file cannot be read.`,
      zh: `说明证明了什么、未证明什么。不带 --question 时回答证明包自带的问题（该问题未签名）。
退出码 0：证据有效且结论为“是”（或没有问题）；
       1：证据有效，结论为“否”或“无法判定”；2：证据无效；
      78：策略或问题文件有误；74：文件无法读取。`,
    },
    examples: [
      'bailee verify cold-1.zip --policy policy.json',
      'bailee verify cold-1.zip --policy policy.json --question question.json --json',
    ],
  });
  return withJson(made, context)
    .argument('<bundle>', context.say({ en: 'the proof file', zh: '证明包' }))
    .requiredOption(
      '--policy <file>',
      context.say({
        en: 'your policy: whose keys you trust and what you ask',
        zh: '您的策略：信任哪些密钥、有何要求',
      }),
    )
    .option('--question <file>', context.say({ en: 'your own question', zh: '您自己的问题' }))
    .action((bundle: string, options: Options) => run(context, bundle, options));
}

async function run(context: Context, path: string, options: Options): Promise<void> {
  const { verify } = await import('../evidence/verify.ts');
  const { nodePrimitives } = await import('../gateway/site/primitives.ts');
  const policy = await readPolicy(options.policy);
  const question = options.question === undefined ? null : await readQuestion(options.question);
  const bundle = readInput(path);
  await holdLittle();
  const { verifyProgress } = await import('./verify-progress.ts');
  const verdict = verify(bundle, policy, question, nodePrimitives, verifyProgress(context));
  context.progress('');
  context.exitCode = exitCodeOf(verdict);
  if (options.json === true) {
    context.json(verdict);
    return;
  }
  const { describeVerdict } = await import('./verdict-text.ts');
  const { streamsIn } = await import('./bundle-streams.ts');
  const isValid = verdict.evidence === 'valid';
  const streams = isValid ? streamsIn(bundle, nodePrimitives.inflate) : new Map<number, never>();
  context.out(describeVerdict(verdict, { own: question !== null, lang: context.lang, streams }));
}

/**
 * What verifying makes dies at once, so V8's space for it need not grow from 1 MB to a hundred and
 * more, as it would on a large machine: 50 stream-weeks in 190 MB in place of 310 (m).
 */
async function holdLittle(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}

function exitCodeOf({ evidence, question, answer }: Verdict): number {
  if (evidence === 'invalid') return INVALID;
  return question === null || answer === 'yes' ? ExitCode.ok : ExitCode.difference;
}

async function readQuestion(file: string): Promise<Question> {
  const { parseQuestion } = await import('../evidence/question.ts');
  const parsed = parseQuestion(readInput(file));
  if (!parsed.ok) throw new ConfigError([problem(file, parsed.why)]);
  return parsed.question;
}

function problem(file: string, message: string): Problem {
  return { path: [], message, file };
}
