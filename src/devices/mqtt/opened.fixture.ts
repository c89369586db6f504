import type { Arrival } from '../../domain/device.ts';
import type { DeviceEnv } from '../port.ts';
import { openMqtt } from './open.ts';
import { planMqtt } from './plan.ts';
import { profile } from './receive.fixture.ts';
import { until } from './raw.fixture.ts';

/** Opens a connection as the daemon would; what arrives is kept, and committed only when told. */
export async function opened(
  settings: Record<string, unknown>,
  commitAtOnce = false,
  secrets: Readonly<Record<string, string>> = {},
) {
  const planned = planMqtt(settings, profile);
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  const arrivals: Arrival[] = [];
  const logged: { message: string; fields: Record<string, unknown> }[] = [];
  const env: DeviceEnv = {
    now: Date.now,
    log: (_level, text, fields = {}) => logged.push({ message: text, fields }),
    secret: (reference) => Promise.resolve(secrets[reference] ?? `secret of ${reference}`),
  };
  const open = openMqtt(planned.value, env);
  const stop = new AbortController();
  const running = open.pushing.map((device) =>
    device.subscribe((arrival) => {
      arrivals.push(arrival);
      if (commitAtOnce) queueMicrotask(() => arrival.committed?.());
    }, stop.signal),
  );
  await until(() => arrivals.some((a) => a.health?.[0]?.reason === 'ok'), 'the connection');
  return {
    open,
    logged,
    arrivals,
    port: Number(logged.find((l) => 'port' in l.fields)?.fields['port'] ?? 0),
    /** Arrivals of messages, without those about the connection itself. */
    messages: () => arrivals.filter((a) => a.readings.length > 0 || (a.refusals?.length ?? 0) > 0),
    readings: () => arrivals.flatMap((a) => a.readings),
    refusals: () => arrivals.flatMap((a) => a.refusals ?? []).map((r) => `${r.device}: ${r.detail}`),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running);
      await open[Symbol.asyncDispose]();
    },
  };
}
