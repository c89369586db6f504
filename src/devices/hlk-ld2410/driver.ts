import type { Reading } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';
import type { Driver } from '../port.ts';
import { connectionOf } from '../talker/connection.ts';
import type { Said } from '../talker/connection.ts';
import { Presence } from '../talker/presence.ts';
import { ENGINEERING_ON, LD2410 } from './codec.ts';
import type { Engineering, Frame, Report } from './codec.ts';
import { GATE_NUMBERS, planLd2410 } from './plan.ts';
import type { RadarPlan } from './plan.ts';

/** HLK-LD2410: 24 GHz presence radar. */
export const hlkLd2410: Driver = {
  name: 'hlk-ld2410',
  title: 'HLK-LD2410 radar: presence, moving and still, with distance and energy',
  configure: (raw) => {
    const checked = planLd2410(raw);
    if (!checked.ok) return checked;
    const plan = checked.value;
    return {
      ok: true,
      value: connectionOf({
        ...plan.talker,
        format: LD2410,
        understand: () => understanding(plan),
        ...(plan.engineering ? { greeting: ENGINEERING_ON } : {}),
      }),
    };
  },
};

function understanding(plan: RadarPlan): (frame: Frame, now: number) => Said {
  const presence = new Presence(0, plan.holdMs);
  const { id } = plan.talker;
  let complaint: { readonly complaint: string } | null = null;
  return (frame, now) => {
    if ('answer' in frame) {
      const { command, ok } = frame.answer;
      complaint = ok ? null : { complaint: `command ${command.toString(16)} refused` };
      return { readings: [], ...complaint };
    }
    const { report } = frame;
    const values = {
      presence: presence.step(report.state !== 0, now) ? 1 : 0,
      ...measured(report),
      ...(plan.engineering ? gates(report.engineering) : {}),
    };
    const readings = Object.entries(values).map(([channel, v]) => reading(id, channel, v));
    return { readings, ...complaint };
  };
}

/** A distance and an energy count only where the state says so: the radar leaves old ones standing. */
function measured(report: Report): Record<string, number | null> {
  const { state } = report;
  const moves = (state & 1) !== 0;
  const stands = (state & 2) !== 0;
  return {
    moving: moves ? 1 : 0,
    stationary: stands ? 1 : 0,
    distance: state === 0 ? null : report.detectionCm,
    'moving-distance': moves ? report.movingCm : null,
    'moving-energy': moves ? report.movingEnergy : null,
    'stationary-distance': stands ? report.stationaryCm : null,
    'stationary-energy': stands ? report.stationaryEnergy : null,
  };
}

/** Without engineering mode there are none, which is told as such. */
function gates(own: Engineering | null): Record<string, number | null> {
  const energies = GATE_NUMBERS.flatMap((n): [string, number | null][] => [
    [`moving-gate-${n}`, own?.moving[n] ?? null],
    [`stationary-gate-${n}`, own?.stationary[n] ?? null],
  ]);
  return { ...Object.fromEntries(energies), light: own?.light ?? null, out: own?.out ?? null };
}

function reading(id: string, channel: string, v: number | null): Reading {
  const stream: StreamId = `${id}/${channel}`;
  return { stream, v, q: 0 };
}
