import type { Arrival } from '../domain/device.ts';
import type { StreamSpec } from '../domain/stream.ts';
import type { SiteConfiguration } from '../gateway/site/site.ts';
import type { Context } from './context.ts';
import { connectionOf, narrowed, runTrial } from './device-trial.ts';
import { adviceOf, shownBytes, shownValue } from './device-words.ts';
import { sightingOf, sightingText, type Sighting } from './sightings.ts';

/** Shows what devices say until `signal` aborts: readings, refusals, health, and the bytes on their lines. */
export async function watchDevices(
  context: Context,
  site: SiteConfiguration,
  { device, json }: { readonly device: string | null; readonly json: boolean },
  signal: AbortSignal,
): Promise<void> {
  const connections = device === null ? site.connections : [narrowed(connectionOf(site, device), device)];
  const streams = new Map(connections.flatMap((c) => c.streams).map((s) => [s.id, s]));
  const say = (line: Line): void => context.out(json ? JSON.stringify(line) : shown(line, streams, context));
  await runTrial(
    context,
    site,
    {
      connections,
      onArrival: (arrival) => {
        for (const line of linesOf(arrival)) {
          if (device === null || line.device === null || isOf(line.device, device, connections)) say(line);
        }
      },
      onTrouble: (said) => say({ at: Date.now(), kind: 'trouble', device: null, said }),
      trace: (connection, way, bytes, topic) => {
        const hex = Buffer.from(bytes).toString('hex');
        const of = topic === undefined ? {} : { topic };
        say({ at: Date.now(), kind: 'bytes', device: null, connection, way, ...of, hex });
      },
    },
    signal,
  );
}

type Line = { readonly at: number } & (
  | {
      readonly kind: 'reading';
      readonly device: string;
      readonly stream: StreamSpec['id'];
      readonly v: number | null;
      readonly q: number;
    }
  | ({ readonly kind: 'tag'; readonly device: string; readonly stream: StreamSpec['id'] } & Sighting)
  | { readonly kind: 'refused'; readonly device: string; readonly said: string }
  | { readonly kind: 'health'; readonly device: string; readonly said: string }
  | { readonly kind: 'trouble'; readonly device: null; readonly said: string }
  | {
      readonly kind: 'bytes';
      readonly device: null;
      readonly connection: string;
      readonly way: 'in' | 'out';
      readonly topic?: string;
      readonly hex: string;
    }
);

function linesOf({ readings, observations = [], refusals = [], health = [] }: Arrival): Line[] {
  const at = Date.now();
  return [
    ...readings.map((r): Line => ({
      at,
      kind: 'reading',
      device: deviceOf(r.stream),
      stream: r.stream,
      v: r.v,
      q: r.q,
    })),
    ...observations.map((o): Line => ({
      at,
      kind: 'tag',
      device: deviceOf(o.stream),
      stream: o.stream,
      ...sightingOf(o),
    })),
    ...refusals.map((r): Line => ({ at, kind: 'refused', device: r.device, said: `${r.code}: ${r.detail}` })),
    ...health.map((h): Line => ({ at, kind: 'health', device: h.device, said: h.reason })),
  ];
}

function shown(line: Line, streams: ReadonlyMap<string, StreamSpec>, context: Context): string {
  const at = new Date(line.at).toISOString().slice(11, 23);
  switch (line.kind) {
    case 'reading': {
      const stream = streams.get(line.stream);
      return `${at} ${line.stream} ${stream === undefined ? line.v : shownValue(line, stream, context)}`;
    }
    case 'tag':
      return `${at} ${line.stream} ${sightingText(line, context)}`;
    case 'bytes':
      return [at, line.connection, line.way === 'in' ? '<' : '>', line.topic ?? [], shownBytes(line.hex)]
        .flat()
        .join(' ');
    case 'refused':
      return `${at} ${line.device} ${context.say({ en: 'refused', zh: '拒收' })} ${withAdvice(line.said, context)}`;
    case 'health':
      return `${at} ${line.device} ${withAdvice(line.said, context)}`;
    case 'trouble':
    default:
      return `${at} ${withAdvice(line.said, context)}`;
  }
}

function withAdvice(said: string, context: Context): string {
  const advice = adviceOf(said);
  return advice === null ? said : `${said} (${context.say(advice)})`;
}

/** What is told of the connection itself concerns each of its devices. */
function isOf(named: string, device: string, connections: readonly { readonly id: string }[]): boolean {
  return named === device || connections.some((c) => c.id === device || c.id === named);
}

function deviceOf(stream: string): string {
  return stream.slice(0, stream.indexOf('/'));
}
