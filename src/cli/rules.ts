import type { Command } from 'commander';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import type { Text } from '../domain/alarm.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { credentialsToCheck } from './credentials.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';

type Options = CallOptions & { readonly json?: boolean; readonly reason?: string };

const ACTS: readonly { readonly name: string; readonly about: Text }[] = [
  {
    name: 'confirm',
    about: { en: 'let the changed rules stay', zh: '确认已更改的规则，使其继续生效' },
  },
  {
    name: 'revert',
    about: { en: 'go back to the rules that were confirmed last, at once', zh: '立即恢复上次确认的规则' },
  },
  {
    name: 'try',
    about: { en: 'try changed rules again that went back', zh: '再次试运行已被恢复的规则更改' },
  },
];

export function rulesCommand(context: Context): Command {
  const made = command(context, 'rules', {
    summary: {
      en: 'changed rules: what changed, and whether they stay',
      zh: '规则更改：改了什么、是否保留',
    },
    more: {
      en: `A changed rule set is on trial from the start that brings it on, for rule-changes.confirm-within (15m).
Nobody confirms it: the rules that were confirmed last come back, and people are told. Under the profile gsp two
persons confirm, where users: names them. Before a start, "bailee replay --rules" shows what it would have raised.`,
      zh: `规则更改自启动起试运行，时长为 rule-changes.confirm-within（默认 15m）。无人确认则恢复上次确认的规则，并通知人员。
gsp 规范下若 users: 列有人员，须由两人确认。启动前可用 bailee replay --rules 查看新规则会产生哪些报警。`,
    },
    examples: [
      'bailee rules diff /etc/bailee/gateway.yaml',
      'bailee rules confirm --reason "limit agreed with quality" --config /etc/bailee/gateway.yaml',
    ],
  });
  made.addCommand(showCommand(context)).addCommand(diffCommand(context));
  for (const act of ACTS) made.addCommand(actCommand(context, act));
  return made;
}

function showCommand(context: Context): Command {
  const made = command(context, 'show', {
    summary: { en: 'whether the rules in force are confirmed', zh: '当前规则是否已确认' },
    more: { en: 'Exit 0: they are; 1: not.', zh: '退出码 0：已确认；1：未确认。' },
    examples: ['bailee rules show --config gateway.yaml'],
  });
  return asked(made, context).action(async (options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const { readRuleSet, describeRuleSet } = await import('./rules-answer.ts');
    const set = readRuleSet(await gateway.get('rules'));
    context.exitCode = set.state === 'confirmed' ? ExitCode.ok : ExitCode.difference;
    if (options.json === true) context.json(set);
    else context.out(describeRuleSet(set, context));
  });
}

function diffCommand(context: Context): Command {
  const made = command(context, 'diff', {
    summary: {
      en: 'what of a configuration differs from the rules that were confirmed last',
      zh: '某配置与上次确认的规则有何不同',
    },
    more: {
      en: 'Reads the data directory that the configuration names; a gateway may run on it. Exit 0: nothing; 1: something.',
      zh: '读取配置所指的数据目录，网关可同时运行。退出码 0：无差异；1：有差异。',
    },
    examples: ['bailee rules diff /etc/bailee/gateway.yaml'],
  }).argument('<file>', context.say({ en: 'configuration file', zh: '配置文件' }));
  return withJson(made, context).action(async (file: string, { json }: Options) => {
    const { loadSite } = await import('../gateway/site/site.ts');
    const site = await loadSite(file, credentialsToCheck(context.world));
    if (!site.ok) throw new ConfigError(site.problems);
    const { changesTo, storedNotes } = await import('../gateway/site/rule-choice.ts');
    const { describeChanges } = await import('./rules-answer.ts');
    const stored = storedNotes(site.value.data);
    const changes = stored === null ? [] : changesTo(site.value, stored.notes.confirmed);
    context.exitCode = changes.length === 0 ? ExitCode.ok : ExitCode.difference;
    if (json === true) context.json({ confirmed: stored?.notes.confirmed ?? null, changes });
    else if (stored === null) {
      context.out(
        context.say({
          en: 'No rules were confirmed here yet: the first start confirms its own.',
          zh: '此处尚无已确认的规则：首次启动即自行确认。',
        }),
      );
    } else if (changes.length === 0) {
      context.out(context.say({ en: 'The same rules decide.', zh: '判定所用规则相同。' }));
    } else context.out(describeChanges(changes));
  });
}

function actCommand(context: Context, { name, about }: (typeof ACTS)[number]): Command {
  const made = command(context, name, {
    summary: about,
    examples: [`bailee rules ${name} --reason "…" --config gateway.yaml`],
  }).requiredOption('--reason <text>', context.say({ en: 'why, for the record', zh: '原因，记入日志' }));
  return asked(made, context).action(async (options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    await gateway.post(`rules/${name}`, { reason: options.reason });
    if (options.json === true) context.json({ ok: true, act: name });
    else context.out(`${context.say({ en: 'On record', zh: '已记录' })}: rules ${name}`);
  });
}

function asked(made: Command, context: Context): Command {
  return withJson(withGateway(withData(made, context), context), context);
}
