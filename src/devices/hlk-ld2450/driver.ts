import type { Reading } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';
import type { Driver } from '../port.ts';
import { connectionOf } from '../talker/connection.ts';
import type { Said } from '../talker/connection.ts';
import { Area } from '../talker/area.ts';
import { Presence } from '../talker/presence.ts';
import { LD2450 } from './codec.ts';
import type { Target, Targets } from './codec.ts';
import { planLd2450 } from './plan.ts';
import type { RadarPlan } from './plan.ts';

/** HLK-LD2450: 24 GHz radar for up to three targets with their places. */
export const hlkLd2450: Driver = {
  name: 'hlk-ld2450',
  title: 'HLK-LD2450 radar: up to three targets, their places, areas',
  configure: (raw) => {
    const checked = planLd2450(raw);
    if (!checked.ok) return checked;
    const plan = checked.value;
    const { talker } = plan;
    return {
      ok: true,
      value: connectionOf({ ...talker, format: LD2450, understand: () => understanding(plan) }),
    };
  },
};

function understanding(plan: RadarPlan): (targets: Targets, now: number) => Said {
  const { id } = plan.talker;
  const presence = new Presence(0, plan.holdMs);
  const areas = plan.areas.map((area) => ({ name: area.name, area: new Area(area) }));
  return (targets, now) => {
    const there = targets.filter((t) => t !== null);
    const readings = [
      reading(id, 'presence', presence.step(there.length > 0, now) ? 1 : 0),
      reading(id, 'targets', there.length),
      reading(id, 'nearest', there.length === 0 ? null : Math.min(...there.map(distanceMm))),
      ...(plan.positions ? targets.flatMap((target, i) => position(id, target, i + 1)) : []),
    ];
    const places = new Map([...targets.entries()].flatMap(([n, t]) => (t === null ? [] : [[n, t] as const])));
    for (const { name, area } of areas) {
      const { present, entry } = area.step(places, now);
      readings.push(reading(id, `in-${name}`, present ? 1 : 0), reading(id, `entry-${name}`, entry));
    }
    return { readings };
  };
}

function position(id: string, target: Target | null, n: number): Reading[] {
  return [
    reading(id, `x-${n}`, target?.xMm ?? null),
    reading(id, `y-${n}`, target?.yMm ?? null),
    reading(id, `speed-${n}`, target?.speedCms ?? null),
  ];
}

function distanceMm({ xMm, yMm }: Target): number {
  return Math.round(Math.hypot(xMm, yMm));
}

function reading(id: string, channel: string, v: number | null): Reading {
  const stream: StreamId = `${id}/${channel}`;
  return { stream, v, q: 0 };
}
