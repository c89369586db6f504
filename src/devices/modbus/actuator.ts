import { DeviceError } from '../../domain/errors.ts';
import { pause } from '../line.ts';
import type { Bus } from './bus.ts';
import type { Request, Response } from './codec.ts';
import { EXCEPTIONS } from './codec.ts';
import type { SlavePlan } from './plan.ts';
import type { Verb } from './profile.ts';

const FEEDBACK_EVERY_MS = 50;

/**
 * Carries out one verb: writes the coil, reads it back (an echo of the command is no confirmation)
 * and, where there is one, sees the feedback input follow. A pulse ends even when stopped half-way.
 * Throws DeviceError with the code of what failed, REFUSED when the coil or the input did not follow.
 */
export async function actuate(bus: Bus, plan: SlavePlan, verb: Verb, signal: AbortSignal): Promise<void> {
  try {
    await switchCoil(bus, plan, verb.coil, verb.on, signal);
    if (verb.feedback !== null) await seeFollow(bus, plan, verb, verb.feedback, signal);
    if (verb.pulseMs !== null) await pause(verb.pulseMs, signal);
  } finally {
    if (verb.pulseMs !== null) {
      await switchCoil(bus, plan, verb.coil, !verb.on, new AbortController().signal);
    }
  }
}

async function switchCoil(
  bus: Bus,
  plan: SlavePlan,
  coil: number,
  on: boolean,
  signal: AbortSignal,
): Promise<void> {
  await ask(bus, plan, { fn: 5, address: coil, on }, signal);
  const state = firstBit(await ask(bus, plan, { fn: 1, address: coil, count: 1 }, signal));
  if (state !== on)
    throw new DeviceError('REFUSED', `${plan.id}: coil ${coil} reads ${onOff(state)}, not ${onOff(on)}`);
}

async function seeFollow(
  bus: Bus,
  plan: SlavePlan,
  verb: Verb,
  feedback: NonNullable<Verb['feedback']>,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + feedback.withinMs;
  const request: Request = { fn: 2, address: feedback.input, count: 1 };
  while (firstBit(await ask(bus, plan, request, signal)) !== verb.on) {
    if (performance.now() >= until || signal.aborted) {
      const what = `input ${feedback.input} did not follow coil ${verb.coil} within ${feedback.withinMs} ms`;
      throw new DeviceError('REFUSED', `${plan.id}: ${what}`);
    }
    await pause(FEEDBACK_EVERY_MS, signal);
  }
}

async function ask(bus: Bus, plan: SlavePlan, request: Request, signal: AbortSignal): Promise<Response> {
  const outcome = await bus.ask(plan.unit, request, plan.timeoutMs, signal, true);
  if (!outcome.ok) throw new DeviceError(outcome.code, `${plan.id}: ${outcome.detail}`);
  const { response } = outcome;
  if ('exception' in response) {
    const name = EXCEPTIONS[response.exception] ?? 'unknown';
    throw new DeviceError('EXCEPTION_REPLY', `${plan.id}: exception ${response.exception} (${name})`);
  }
  return response;
}

function firstBit(response: Response): boolean {
  return 'bits' in response && response.bits[0] === true;
}

function onOff(state: boolean): string {
  return state ? 'on' : 'off';
}
