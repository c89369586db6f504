import { Option, type Command } from 'commander';
import type { Text } from '../domain/alarm.ts';
import { ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';
import { span } from './inputs.ts';

type Options = CallOptions & {
  readonly json?: boolean;
  readonly state?: string;
  readonly reason?: string;
  readonly meaning?: string;
  readonly for?: string;
  readonly verb?: string;
};

/** An act on one alarm, zone or stream: its name here, its place in the API, and what it takes besides a reason. */
type ActOf = {
  readonly name: string;
  readonly about: Text;
  readonly of?: 'zone' | 'stream';
  readonly path: string;
  readonly takes?: 'meaning' | 'time' | 'verb';
  readonly usual?: string;
};

const ACTS: readonly ActOf[] = [
  {
    name: 'ack',
    about: { en: 'acknowledge an alarm', zh: '确认报警' },
    path: 'acknowledge',
    takes: 'meaning',
  },
  {
    name: 'reset',
    about: { en: 'reset an alarm that is latched and acknowledged', zh: '复位已锁存且已确认的报警' },
    path: 'reset',
  },
  {
    name: 'shelve',
    about: { en: 'set an alarm aside for a time', zh: '在一段时间内搁置报警' },
    path: 'shelve',
    takes: 'time',
  },
  { name: 'unshelve', about: { en: 'end its shelving', zh: '结束搁置' }, path: 'unshelve' },
  { name: 'comment', about: { en: 'put a comment on record', zh: '记录备注' }, path: 'comments' },
  {
    name: 'out-of-service',
    about: { en: 'take an alarm out of service', zh: '停用报警' },
    path: 'out-of-service',
  },
  { name: 'in-service', about: { en: 'put it back into service', zh: '恢复启用报警' }, path: 'in-service' },
  {
    name: 'maintenance',
    about: { en: 'put a zone into maintenance: its alarms are suppressed', zh: '区域检修：抑制该区域的报警' },
    of: 'zone',
    path: 'maintenance',
    takes: 'time',
    usual: '4h',
  },
  {
    name: 'end-maintenance',
    about: { en: 'end the maintenance of a zone', zh: '结束区域检修' },
    of: 'zone',
    path: 'maintenance/end',
  },
  {
    name: 'act',
    about: {
      en: 'tell the rules of a stream what no device can: other goods lie there, it was calibrated or counted',
      zh: '告知该数据流的规则设备无法得知的事：货物已更换、已校准、已盘点',
    },
    of: 'stream',
    path: 'acts',
    takes: 'verb',
  },
];

const EXAMPLES = {
  alarm: 'probe-1/temperature/cold-room-warm',
  zone: 'cold-1',
  stream: 'probe-1/temperature',
};
const NUMBERS = { alarm: '报警编号', zone: '区域编号', stream: '数据流编号' };

export function alarmsCommand(context: Context): Command {
  const made = command(context, 'alarms', {
    summary: {
      en: 'see the alarms of the running gateway, and act on them',
      zh: '查看并处理运行中网关的报警',
    },
    more: {
      en: 'Every act needs a reason, is on record under the name of the token, and is refused where the rule or the role forbids it.',
      zh: '每项操作都须说明原因，以令牌所属者的名义记录在案；规则或角色不允许时拒绝。',
    },
    examples: [
      'bailee alarms list --config gateway.yaml',
      'bailee alarms ack probe-1/temperature/cold-room-warm --meaning being-handled --reason "on my way" --config gateway.yaml',
    ],
  });
  made.addCommand(listCommand(context)).addCommand(historyCommand(context));
  for (const act of ACTS) made.addCommand(actCommand(context, act));
  return made;
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: { en: 'alarms that stand or are set aside', zh: '当前的及不显示的报警' },
    more: { en: 'Exit 0: none is shown; 1: an alarm stands.', zh: '退出码 0：无报警；1：有报警。' },
    examples: ['bailee alarms list --config gateway.yaml --state shelved,outOfService'],
  }).option(
    '--state <states>',
    context.say({ en: 'only those in these states, with commas', zh: '只列出这些状态，逗号分隔' }),
  );
  return asked(made, context).action(async (options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const query =
      options.state === undefined ? '' : `?${new URLSearchParams({ state: options.state }).toString()}`;
    const { readAlarms, describeAlarms, isShownState } = await import('./alarms-answer.ts');
    const alarms = readAlarms(await gateway.get(`alarms${query}`));
    context.exitCode = alarms.some(({ state }) => isShownState(state)) ? ExitCode.difference : ExitCode.ok;
    if (options.json === true) context.json(alarms);
    else context.out(describeAlarms(alarms, context.lang));
  });
}

function historyCommand(context: Context): Command {
  const made = command(context, 'history', {
    summary: {
      en: 'every transition of an alarm and every act on it, of a week',
      zh: '一周内报警的全部状态变化与操作',
    },
    examples: ['bailee alarms history probe-1/temperature/cold-room-warm --config gateway.yaml'],
  }).argument('<alarm>', context.say({ en: 'id of the alarm', zh: '报警编号' }));
  return asked(made, context).action(async (alarm: string, options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const { readHistory, describeHistory } = await import('./alarms-answer.ts');
    const history = readHistory(await gateway.get(`alarms/${encodeURIComponent(alarm)}/history?limit=1000`));
    if (options.json === true) context.json(history);
    else context.out(describeHistory(history, context.lang));
  });
}

function actCommand(context: Context, act: ActOf): Command {
  const thing = act.of ?? 'alarm';
  const more = { meaning: ' --meaning seen', time: ' --for 2h', verb: ' --verb restart' };
  const made = command(context, act.name, {
    summary: act.about,
    examples: [
      `bailee alarms ${act.name} ${EXAMPLES[thing]}${act.takes === undefined ? '' : more[act.takes]} --reason "…" --config gateway.yaml`,
    ],
  })
    .argument(`<${thing}>`, context.say({ en: `id of the ${thing}`, zh: NUMBERS[thing] }))
    .requiredOption('--reason <text>', context.say({ en: 'why, for the record', zh: '原因，记入日志' }));
  if (act.takes === 'meaning') {
    made.addOption(
      new Option('--meaning <word>', context.say({ en: 'what it means', zh: '确认含义' }))
        .choices(['seen', 'being-handled', 'false', 'tested'])
        .makeOptionMandatory(),
    );
  }
  if (act.takes === 'verb') {
    const what = {
      en: 'such as restart, rebase, forget, calibrate',
      zh: '如 restart、rebase、forget、calibrate',
    };
    made.requiredOption('--verb <word>', context.say(what));
  }
  if (act.takes === 'time') {
    const how = context.say({ en: 'for how long, e.g. 90m', zh: '时长，例如 90m' });
    if (act.usual === undefined) made.requiredOption('--for <time>', how);
    else made.option('--for <time>', how, act.usual);
  }
  return asked(made, context).action(async (named: string, options: Options) => {
    const gateway = await GatewayCall.of(options, context);
    const { reason, meaning, verb } = options;
    const forMs = options.for === undefined ? undefined : span(options.for);
    await gateway.post(`${thing}s/${encodeURIComponent(named)}/${act.path}`, {
      reason,
      ...(meaning === undefined ? {} : { meaning }),
      ...(forMs === undefined ? {} : { forMs }),
      ...(verb === undefined ? {} : { verb }),
    });
    if (options.json === true) context.json({ ok: true, [thing]: named, act: act.name });
    else context.out(`${context.say({ en: 'On record', zh: '已记录' })}: ${act.name} ${named}`);
  });
}

function asked(made: Command, context: Context): Command {
  return withJson(withGateway(withData(made, context), context), context);
}
