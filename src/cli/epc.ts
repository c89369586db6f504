import { InvalidArgumentError, type Command } from 'commander';
import type { Code } from '../domain/epc/read-code.ts';
import { ExitCode } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';

type Options = {
  readonly scheme?: string;
  readonly filter?: number;
  readonly prefixLength?: number;
  readonly host?: string;
  readonly pc?: number;
  readonly json?: boolean;
};

export function epcCommand(context: Context): Command {
  const made = command(context, 'epc', {
    summary: {
      en: 'say what a tag or a code means, in every form GS1 has for it',
      zh: '解读标签或条码，并给出 GS1 的全部表示形式',
    },
    more: {
      en: `CODE is tag memory in hexadecimal, a tag or pure identity URI, an element string (with parentheses, or as a
scanner sends it: ]d2…, FNC1 as ASCII 29), or a GS1 Digital Link. What is not understood is never guessed: it stays raw,
with the reason. Element strings and '+' tags do not show how long the company prefix is; with --prefix-length they get
the older URIs and tags too. Exit 0: understood; 1: a tag that stays raw, or a scheme that cannot hold it; 64: no code.`,
      zh: `CODE 可以是十六进制的标签存储内容、标签 URI 或纯标识 URI、元素字符串（带括号，或扫描器输出：]d2…，FNC1 为
ASCII 29）、GS1 数字链接。无法理解的内容绝不猜测：保留原样并说明原因。元素字符串和“+”编码不含厂商识别代码的长度；
给出 --prefix-length 后，才有旧式 URI 和标签编码。退出码 0：已理解；1：标签保留原样，或该编码方案放不下；64：不是代码。`,
    },
    examples: [
      'bailee epc 3066C4409047E140075BCD15',
      "bailee epc '(01)09506000134352(21)32a/b' --prefix-length 11",
      'bailee epc urn:epc:id:sscc:952012.03456789123 --scheme SSCC-96 --filter 2 --json',
      'bailee epc https://id.gs1.org/00/095201234567891235',
      "bailee epc $']d2010950600013435217261231\\x1d2132a'",
    ],
  });
  return withJson(made, context)
    .argument(
      '<code>',
      context.say({ en: 'tag memory, URI, element string or link', zh: '标签内容、URI、元素字符串或链接' }),
    )
    .option(
      '--scheme <name>',
      context.say({ en: 'write only this tag, e.g. SGTIN-96', zh: '只写成该编码方案，例如 SGTIN-96' }),
    )
    .option(
      '--filter <n>',
      context.say({ en: 'filter value to write (0)', zh: '写入的滤值（默认 0）' }),
      integer(0, 63),
    )
    .option(
      '--prefix-length <n>',
      context.say({ en: 'digits of the company prefix, 6 to 12', zh: '厂商识别代码的位数，6 至 12' }),
      integer(6, 12),
    )
    .option('--host <name>', context.say({ en: "host name for '++' tags", zh: '“++”编码的主机名' }))
    .option(
      '--pc <hex>',
      context.say({
        en: 'PC word of the tag, which tells the length of its EPC',
        zh: '标签的 PC 字，指明 EPC 的长度',
      }),
      pcWord,
    )
    .action((text: string, options: Options) => run(context, text, options));
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`${least}…${most}`);
  };
}

function pcWord(text: string): number {
  if (/^[0-9A-Fa-f]{4}$/.test(text)) return Number.parseInt(text, 16);
  throw new InvalidArgumentError('four hexadecimal digits, e.g. 3000');
}

async function run(context: Context, text: string, options: Options): Promise<void> {
  const { SCHEME_NAMES } = await import('../domain/epc/epc.ts');
  const { readCode } = await import('../domain/epc/read-code.ts');
  const { scheme } = options;
  if (scheme !== undefined && !SCHEME_NAMES.some((name) => name.toLowerCase() === scheme.toLowerCase()))
    throw new UsageError(`there is no scheme "${scheme}"${suggestion(scheme, SCHEME_NAMES)}`);
  const { answerOf, describeCode } = await import('./epc-answer.ts');
  const read = readCode(text, { prefixLength: options.prefixLength ?? null, pc: options.pc ?? null });
  if (read.kind === 'refused') throw new UsageError(read.why);
  if (read.kind === 'raw') {
    context.exitCode = ExitCode.difference;
    if (options.json === true) context.json({ ok: false, scheme: 'raw', raw: read.raw, why: read.why });
    else {
      context.out(`raw ${read.raw}`);
      context.tell(`bailee: ${read.why}`);
    }
    return;
  }
  const answer = answerOf(read.code, writingOf(read.code, options));
  if (options.scheme !== undefined && !answer.tags.some((tag) => tag.epc !== undefined))
    context.exitCode = ExitCode.difference;
  if (options.json === true) context.json({ ok: true, ...answer });
  else context.out(describeCode(answer, context));
}

function writingOf({ epc }: Code, { scheme, filter, host }: Options) {
  return {
    scheme: scheme ?? null,
    filter: filter ?? epc?.filter ?? 0,
    hostName: host ?? epc?.hostName ?? null,
  };
}
