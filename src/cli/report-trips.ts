import type { Command } from 'commander';
import { isUsable } from '../domain/reading.ts';
import type { Series, Trip } from '../gateway/archive/trips.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, withData, type DataOptions } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { moment, shown } from './inputs.ts';

type Options = DataOptions & {
  readonly area: readonly string[];
  readonly measured?: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
};

const PAGE = 10_000;

/** What a waybill asks: when a vehicle left and came, how far it drove, and how warm its load was. */
export function tripsCommand(context: Context): Command {
  const made = command(context, 'trips', {
    summary: {
      en: 'when a vehicle left one area and came to the next, how far, and least and greatest values meanwhile',
      zh: '车辆何时离开一处、到达下一处，行驶里程，途中最小与最大值',
    },
    more: {
      en: `From usable readings alone, at the time at which they came: what a tracker told later (backfilled) does not count.
A trip that has not come to an area is listed as open.`,
      zh: `仅由可用读数得出，以到达时间为准：终端补传的读数不计入。
尚未到达的行程列为未完成。`,
    },
    examples: [
      'bailee report trips truck-7 --area quay store --measured probe-1/temperature --from 24h --data ./copy',
    ],
  }).argument('<vehicle>', context.say({ en: 'id of the tracker', zh: '定位终端编号' }));
  return withJson(withData(made, context), context)
    .requiredOption('--area <name...>', context.say({ en: 'areas of its map', zh: '地图上的区域' }))
    .option('--measured <stream...>', context.say({ en: 'streams of its load', zh: '货物的数据流' }))
    .option('--from <time>', context.say({ en: 'begin of the time', zh: '起始时间' }), '24h')
    .option(
      '--to <time>',
      context.say({ en: 'end of the time, not included', zh: '结束时间（不含）' }),
      'now',
    )
    .action((vehicle: string, options: Options) => run(context, vehicle, options));
}

async function run(context: Context, vehicle: string, options: Options): Promise<void> {
  const now = Date.now();
  const [from, to] = [moment(options.from, now), moment(options.to, now)];
  if (from >= to) throw new UsageError(`--from ${shown(from)} is not before --to ${shown(to)}`);
  const directory = await dataDirectory(options);
  const { acrossEpochs } = await import('../gateway/archive/across-epochs.ts');
  const { tripsOf } = await import('../gateway/archive/trips.ts');
  const past = acrossEpochs(directory);
  const read = async (stream: string): Promise<Series> => {
    const series: { t: number; v: number | null }[] = [];
    for (let seq: number | null = 0; seq !== null;) {
      const page = await past.history(
        { stream, from, to, seq, limit: PAGE },
        { signal: context.world.signal },
      );
      if (page === null) throw new UsageError(`there is no stream ${stream}`);
      const { exp, readings, next } = page;
      for (const { t, v, q } of readings) series.push({ t, v: isUsable(v, q) ? scaled(v, exp) : null });
      seq = next;
    }
    return series;
  };
  const readAll = async (names: readonly string[], prefix: string): Promise<Map<string, Series>> => {
    const all = new Map<string, Series>();
    for (const name of names) all.set(name, await read(`${prefix}${name}`));
    return all;
  };
  const trips = tripsOf({
    areas: await readAll(options.area, `${vehicle}/inside-`),
    latitude: await read(`${vehicle}/latitude`),
    longitude: await read(`${vehicle}/longitude`),
    measured: await readAll(options.measured ?? [], ''),
  });
  if (options.json === true) context.json(trips);
  else context.out(describe(trips, context));
}

/** Multiplying by 10^-7 would not give the decimal that is nearest. */
function scaled(v: number, exp: number): number {
  return exp < 0 ? v / 10 ** -exp : v * 10 ** exp;
}

function describe(trips: readonly Trip[], context: Context): string {
  if (trips.length === 0) return context.say({ en: 'no trip', zh: '无行程' });
  const open = context.say({ en: 'OPEN', zh: '未完成' });
  return trips
    .map(({ from, departedAt, to, arrivedAt, metres, measured }) => {
      const end = arrivedAt === null ? open : `${to ?? ''} ${shown(arrivedAt)}`;
      const values = measured.map(({ stream, min, max }) => `  ${stream} ${min ?? '?'} … ${max ?? '?'}`);
      return [`${from} ${shown(departedAt)} → ${end}, ${(metres / 1000).toFixed(1)} km`, ...values].join(
        '\n',
      );
    })
    .join('\n');
}
