import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import type { PastStory } from '../gateway/archive/across-epochs.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, withData, type DataOptions } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { moment, shown } from './inputs.ts';

type Options = DataOptions & {
  readonly from: string;
  readonly to: string;
  readonly out: string;
  readonly json?: boolean;
};

const MOST = 500;

export function incidentsCommand(context: Context): Command {
  return command(context, 'incidents', {
    summary: {
      en: 'what happened, as one story each: alarms of one place or cause within a minute',
      zh: '事件经过：同一地点或同一原因、一分钟内的报警归为一个事件',
    },
    more: {
      en: 'From the journal alone: whoever has a copy of it is told the same. The gateway may run meanwhile.',
      zh: '仅由日志得出：任何持有日志副本者结果相同。可在网关运行时执行。',
    },
    examples: [
      'bailee incidents list --config gateway.yaml --from 7d',
      'bailee incidents show 0-1234 --config gateway.yaml',
      'bailee incidents bundle 0-1234 --config gateway.yaml --out incident.zip',
    ],
  })
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(bundleCommand(context));
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: { en: 'incidents of a time, the newest first', zh: '某段时间的事件，新者在前' },
    more: { en: 'Exit 0: none is going on; 1: one is.', zh: '退出码 0：无进行中的事件；1：有。' },
    examples: ['bailee incidents list --data /var/lib/bailee --from 30d --json'],
  });
  return withJson(withData(made, context), context)
    .option('--from <time>', context.say({ en: 'begin of the time', zh: '起始时间' }), '24h')
    .option(
      '--to <time>',
      context.say({ en: 'end of the time, not included', zh: '结束时间（不含）' }),
      'now',
    )
    .action(async (options: Options) => {
      const now = Date.now();
      const [from, to] = [moment(options.from, now), moment(options.to, now)];
      if (from >= to) throw new UsageError(`--from ${shown(from)} is not before --to ${shown(to)}`);
      const past = await pastOf(options);
      const { signal } = context.world;
      const found = await past.incidents({ from, to, limit: MOST }, { signal });
      const { describeIncidents, incidentJson } = await import('./incidents-answer.ts');
      context.exitCode = found.some((i) => i.to === null) ? ExitCode.difference : ExitCode.ok;
      if (options.json === true) context.json(found.map(incidentJson));
      else context.out(describeIncidents(found, context.lang));
    });
}

function showCommand(context: Context): Command {
  const made = command(context, 'show', {
    summary: {
      en: 'one incident in order: alarms, who was told, who did what and why, pictures',
      zh: '按顺序列出一个事件：报警、通知、操作及原因、照片',
    },
    examples: ['bailee incidents show 0-1234 --data /var/lib/bailee'],
  });
  return withJson(withData(withId(made, context), context), context).action(
    async (id: string, options: Options) => {
      const story = await storyOf(id, options, context);
      const { describeStory, storyJson } = await import('./incidents-answer.ts');
      if (options.json === true) context.json(storyJson(story));
      else context.out(describeStory(story, context.lang));
    },
  );
}

function bundleCommand(context: Context): Command {
  const made = command(context, 'bundle', {
    summary: {
      en: 'write the bundle that proves one incident: its zone and all events, ten minutes around it',
      zh: '导出一个事件的证明包：所在库区与全部事件，前后各十分钟',
    },
    more: {
      en: 'Only sealed records can be proven. Check it anywhere: bailee verify FILE --policy policy.json',
      zh: '只有已封存的记录可以证明。可在任何地方核验：bailee verify FILE --policy policy.json',
    },
    examples: ['bailee incidents bundle 0-1234 --data /var/lib/bailee --out incident.zip'],
  });
  return withData(withId(made, context), context)
    .requiredOption('--out <file>', context.say({ en: 'file to write', zh: '输出文件' }))
    .action(async (id: string, options: Options) => {
      const story = await storyOf(id, options, context);
      const { incidentWish } = await import('../gateway/archive/incident-name.ts');
      const { openReadOnly } = await import('../gateway/archive/open-read-only.ts');
      const wish = incidentWish(story, Date.now());
      const directory = openReadOnly(await dataDirectory(options), story.incident.epoch);
      const { signal } = context.world;
      const args = { policyFile: null, out: resolve(options.out), firstOnly: false };
      const written =
        wish === null
          ? { ok: false as const, why: `no stream is about incident ${id}` }
          : await directory.export({ ...wish, ...args }, { signal });
      if (written.ok) context.out(written.value.bundles.map((one) => one.file).join('\n'));
      else context.tell(`bailee: ${written.why}`);
      context.exitCode = written.ok ? ExitCode.ok : ExitCode.difference;
    });
}

function withId(made: Command, context: Context): Command {
  return made.argument('<incident>', context.say({ en: 'id of the incident', zh: '事件编号' }));
}

async function pastOf(options: DataOptions) {
  const { acrossEpochs } = await import('../gateway/archive/across-epochs.ts');
  return acrossEpochs(await dataDirectory(options));
}

/** @throws UsageError where there is none */
async function storyOf(id: string, options: DataOptions, context: Context): Promise<PastStory> {
  const { readIncidentName } = await import('../gateway/archive/incident-name.ts');
  const name = readIncidentName(id);
  const past = await pastOf(options);
  const story = name === null ? null : await past.story(name, { signal: context.world.signal });
  if (story === null) throw new UsageError(`there is no incident "${id}"; see bailee incidents list`);
  return story;
}
