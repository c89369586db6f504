import type { Command } from 'commander';
import { parseStrictJson } from '../domain/strict-json.ts';
import { ExitCode } from '../domain/errors.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { GatewayCall } from './gateway-call.ts';
import { objectCommand, settleCommand, signCommand, trustCommands } from './hand-overs-acts.ts';
import { asked, named, pathOf, reasoned, type HandOverOptions } from './hand-overs-options.ts';
import { readInput } from './inputs.ts';

const LARGEST_DOCUMENT = 4_000_000;

export function handOversCommand(context: Context): Command {
  const made = command(context, 'hand-overs', {
    summary: {
      en: 'goods that pass from hand to hand: terms, signatures, objections',
      zh: '货物交接：条款、签名与异议',
    },
    more: {
      en: 'Signing is mostly done on a phone at the links that begin answers with; sign is for a party with a key of its own. Every act needs a reason and is on record.',
      zh: '通常用手机打开 begin 给出的链接签名；sign 供自持密钥的当事方使用。每项操作须说明原因并记录在案。',
    },
    examples: [
      'bailee hand-overs list --config gateway.yaml',
      'bailee hand-overs head --config truck.yaml',
      'bailee hand-overs begin terms.json --reason "truck 沪A12345 is at the dock" --config gateway.yaml',
    ],
  });
  made.addCommand(listCommand(context)).addCommand(showCommand(context)).addCommand(headCommand(context));
  made.addCommand(beginCommand(context)).addCommand(signCommand(context)).addCommand(objectCommand(context));
  made.addCommand(settleCommand(context));
  for (const trust of trustCommands(context)) made.addCommand(trust);
  return made;
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: {
      en: 'all, the newest first; exit 1 where one is disputed',
      zh: '全部交接，最新在前；有争议时退出码为 1',
    },
    examples: ['bailee hand-overs list --config gateway.yaml'],
  });
  return asked(made, context).action(async (options: HandOverOptions) => {
    const gateway = await GatewayCall.of(options, context);
    const { readHandOvers, describeHandOvers } = await import('./hand-overs-answer.ts');
    const all = readHandOvers(await gateway.get('hand-overs'));
    context.exitCode = all.some(({ state }) => state === 'disputed') ? ExitCode.difference : ExitCode.ok;
    if (options.json === true) context.json(all);
    else context.out(describeHandOvers(all, context.lang));
  });
}

function showCommand(context: Context): Command {
  const made = command(context, 'show', {
    summary: { en: 'one with its signatures and objections', zh: '一次交接及其签名与异议' },
    examples: ['bailee hand-overs show HO-2026-17 --config gateway.yaml'],
  });
  return asked(named(made, context), context).action(async (id: string, options: HandOverOptions) => {
    const gateway = await GatewayCall.of(options, context);
    const { readHandOver, describeHandOver } = await import('./hand-overs-answer.ts');
    const one = readHandOver(await gateway.get(pathOf(id)));
    if (options.json === true) context.json(one);
    else context.out(describeHandOver(one, context.lang));
  });
}

function headCommand(context: Context): Command {
  const made = command(context, 'head', {
    summary: {
      en: 'the newest root of this log, as the field from of terms names it: asked of the giver’s gateway',
      zh: '本日志最新的根，即条款中 from 字段的内容：向交出方网关查询',
    },
    examples: ['bailee hand-overs head --config truck.yaml'],
  });
  return asked(made, context).action(async (options: HandOverOptions) => {
    const gateway = await GatewayCall.of(options, context);
    const [origin = '', size = '', root = ''] = (await gateway.head()).split('\n');
    if (options.json === true) context.json({ origin, size: Number(size), root });
    else context.out(`${origin} ${size} ${root}`);
  });
}

function beginCommand(context: Context): Command {
  const made = command(context, 'begin', {
    summary: {
      en: 'put terms on record; answers with a link for each hand to sign at',
      zh: '登记交接条款，并给出双方签名链接',
    },
    examples: ['bailee hand-overs begin terms.json --reason "at the dock" --config gateway.yaml'],
  }).argument('<file>', context.say({ en: 'the terms, JSON', zh: '交接条款（JSON）' }));
  return reasoned(made, context).action(async (file: string, options: HandOverOptions) => {
    const read = parseStrictJson(readInput(file), LARGEST_DOCUMENT);
    if (!read.ok) throw new UsageError(`${file}: ${read.reason}`);
    const document: unknown = JSON.parse(new TextDecoder().decode(readInput(file)));
    const gateway = await GatewayCall.of(options, context);
    const { readBegun } = await import('./hand-overs-answer.ts');
    const begun = readBegun(await gateway.ask('hand-overs', { document, reason: options.reason }));
    const link = (path: string): string => new URL(path, options.url).href;
    const links = { ...begun, giver: link(begun.giver), taker: link(begun.taker) };
    if (options.json === true) {
      context.json(links);
      return;
    }
    context.out(
      [
        `SHA-256 ${links.sha256}`,
        `${context.say({ en: 'giver', zh: '交出方' })}: ${links.giver}`,
        `${context.say({ en: 'taker', zh: '接收方' })}: ${links.taker}`,
      ].join('\n'),
    );
  });
}
