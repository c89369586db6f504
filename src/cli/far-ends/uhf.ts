import { A0_BAUD, checkA0 } from '../../devices/uhf-a0/settings.ts';
import { a0Answering } from '../../devices/uhf-a0/simulator.ts';
import { check18, READER18_BAUD } from '../../devices/uhf-reader18/settings.ts';
import { answering18 } from '../../devices/uhf-reader18/simulator.ts';
import { checkR200, R200_BAUD } from '../../devices/uhf-r200/settings.ts';
import { R200_ANSWERING } from '../../devices/uhf-r200/simulator.ts';
import { simulateOnSerial, simulateOnTcp } from '../../devices/uhf/simulated-reader.ts';
import type { Answering } from '../../devices/uhf/simulated-reader.ts';
import type { ReaderSettings } from '../../devices/uhf/settings.ts';
import type { Checked } from '../../domain/errors.ts';
import { ConfigError } from '../../domain/errors.ts';
import { endpointOf, serialPlaceOf, type FarEnd, type FarEndOrder, type OpenFarEnd } from './port.ts';

/** Tags at each read point on a quiet day. */
const QUIET_TAGS = 3;

export const farUhfA0: OpenFarEnd = (order) => {
  const settings = valueOf(checkA0(order.raw));
  return open(
    order,
    settings,
    settings.baud ?? A0_BAUD,
    a0Answering(settings.address === 255 ? 1 : settings.address),
  );
};

export const farUhfR200: OpenFarEnd = (order) => {
  const settings = valueOf(checkR200(order.raw));
  return open(order, settings, settings.baud ?? R200_BAUD, R200_ANSWERING);
};

export const farUhfReader18: OpenFarEnd = (order) => {
  const settings = valueOf(check18(order.raw));
  return open(order, settings, settings.baud ?? READER18_BAUD, answering18(settings));
};

async function open<F>(
  order: FarEndOrder,
  settings: ReaderSettings,
  baud: number,
  answering: Answering<F>,
): Promise<FarEnd> {
  const { host, port } = settings;
  if (host === undefined) {
    const at = serialPlaceOf(order);
    return quiet(order, { simulator: simulateOnSerial(settings, baud, answering, at), at, left: [] });
  }
  const where = order.place === undefined ? { host, port: Number(port) } : endpointOf(order.place);
  const simulator = await simulateOnTcp(settings, answering, where);
  return quiet(order, { simulator, at: `${where.host}:${simulator.port}`, left: [] });
}

function quiet({ streams }: FarEndOrder, end: FarEnd): FarEnd {
  for (const { dev, ch, kind } of streams) if (kind === 1) end.simulator.set(dev, ch, QUIET_TAGS);
  return end;
}

function valueOf<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new ConfigError(checked.problems);
  return checked.value;
}
