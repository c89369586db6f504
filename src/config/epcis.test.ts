import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadSite } from '../gateway/site/site.ts';
import { describeProblems } from './describe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-epcis-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function load(epcis: string) {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(join(folder, 'token'), 'secret', { mode: 0o600 });
  writeFileSync(
    file,
    `gateway: { id: 'b0b1b2b3b4b5b6b7', domain: consortium.example }
data: data
zones: [{ id: cold-1 }]
devices:
  - id: line-1
    driver: modbus-tcp
    host: 127.0.0.1
    port: 5020
    slaves: [{ id: probe-1, unit: 1, profile: rs-ws-n01, every: 10s, max-gap: 60s, zone: cold-1 }]
${epcis}`,
  );
  const loaded = await loadSite(file, { checked: true, directory: null });
  return loaded.ok ? loaded.value.epcis : describeProblems(loaded.problems, 'en').split('\n');
}

it('names and repository are read, and what is left out has its usual value', async () => {
  expect(await load('')).toBeNull();
  expect(await load('epcis: {}')).toMatchObject({
    utcOffset: '+08:00',
    windowMs: 3_600_000,
    cbv: '2.0',
    digitalLink: 'token',
    capture: null,
  });
  const read = await load(`epcis:
  utc-offset: '+00:00'
  places: { cold-1: 'urn:epc:id:sgln:952132100001.0.1' }
  steps: { probe-1/temperature: inspecting }
  capture: { url: https://partner.example/v2, token: file:token, events: [goods] }
`);
  expect(read).toMatchObject({
    places: new Map([['cold-1', 'urn:epc:id:sgln:952132100001.0.1']]),
    capture: { url: 'https://partner.example/v2', token: 'file:token', kinds: ['goods'], lan: false },
  });
});

it('all that is wrong is told at once, each with its place', async () => {
  const problems = await load(`epcis:
  utc-offset: 8
  window: 5s
  places: { cold-2: 'urn:epc:id:sgln:952132100001.0.1', cold-1: 'cold room' }
  steps: { probe-1/temperatur: inspecting, probe-1/temperature: inspectin }
  capture: { url: 'http://partner.example', token: secret, events: [goodies] }
`);
  const said = (problems as string[]).join('\n');
  for (const part of [
    'utc-offset',
    'window must be a time with its unit from 1m to 1d',
    'is not a zone of this configuration; did you mean "cold-1"?',
    'must be a URI',
    'is not a stream of this configuration; did you mean "probe-1/temperature"?',
    'did you mean "inspecting"?',
    'must be https; plain http is for a local network, with lan: true',
    'must be a reference',
    'did you mean "goods"?',
  ])
    expect(said).toContain(part);
  expect(said).not.toContain('secret"');
});
