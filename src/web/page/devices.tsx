import type { JSX } from 'preact';
import type { Device } from '../../api/types.ts';
import { timeText } from './format.ts';
import { useLanguage } from './language.tsx';

const CHIPS = { healthy: 'ok', unhealthy: 'failed', unknown: 'unknown' } as const;

/** Devices with what was refused from them; wide on a desk, scrolls on a phone. */
export function DeviceTable(props: { devices: readonly Device[]; isLive: boolean }): JSX.Element {
  const { say, language } = useLanguage();
  return (
    <section class="panel" aria-labelledby="devices-title">
      <h2 id="devices-title">{say('devices')}</h2>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="devices-title">
        <table>
          <thead>
            <tr>
              <th scope="col">{say('device')}</th>
              <th scope="col">{say('state')}</th>
              <th scope="col">{say('since')}</th>
              <th scope="col">{say('refused')}</th>
            </tr>
          </thead>
          <tbody>
            {props.devices.map((device) => {
              const health = props.isLive ? device.health : 'unknown';
              return (
                <tr key={device.id}>
                  <th scope="row">{device.id}</th>
                  <td>
                    <span class={`chip ${CHIPS[health]}`}>{say(health)}</span> {props.isLive && device.reason}
                  </td>
                  <td>{device.since === null ? '' : timeText(device.since, language)}</td>
                  <td>{refusalText(device)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function refusalText({ refused, lastRefusal }: Device): string {
  const counts = Object.entries(refused).map(([code, n]) => `${code} ${n}`);
  if (lastRefusal !== null) counts.push(lastRefusal.detail);
  return counts.join(' · ');
}
