import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discoverCameras } from './discovery.ts';
import { decodeProbe, decodeProbeMatches, encodeProbe, encodeProbeMatch } from './discovery-message.ts';
import { Rig } from './rig.fixture.ts';

const CAMERA = {
  id: 'urn:uuid:1419d68a-1dd2-11b2-a105-000000000000',
  addresses: ['http://192.0.2.64/onvif/device_service', 'http://[fe80::1]/onvif/device_service'],
  name: '码头 dock & gate',
  hardware: 'DS-2CD',
};

const NEVER = new AbortController().signal;

describe('discovery', () => {
  it('reads probes and matches as they were written', () => {
    expect(decodeProbe(encodeProbe('urn:uuid:1', 'dn:NetworkVideoTransmitter'))).toBe('urn:uuid:1');
    expect(decodeProbe(encodeProbe('urn:uuid:1', ''))).toBe('urn:uuid:1');
    expect(decodeProbe(encodeProbe('urn:uuid:1', 'dn:Printer'))).toBeNull();
    const match = encodeProbeMatch('urn:uuid:2', 'urn:uuid:1', CAMERA);
    expect(decodeProbeMatches(match, new Set(['urn:uuid:1']))).toEqual([CAMERA]);
    // As some devices send it, without the list around it.
    const bare = new TextDecoder()
      .decode(match)
      .replaceAll(/<\/?d:ProbeMatches>/g, '')
      .replaceAll('a:Endpoint', 'd:Endpoint');
    expect(decodeProbeMatches(new TextEncoder().encode(bare), new Set(['urn:uuid:1']))).toEqual([CAMERA]);
    // An answer to what we did not ask.
    expect(decodeProbeMatches(match, new Set(['urn:uuid:3']))).toEqual([]);
    expect(decodeProbe(match)).toBeNull();
  });

  it('shows no control characters and no address but http', () => {
    const evil = {
      id: 'urn:uuid:\u009b31m',
      addresses: ['javascript:alert(1)', 'file:///etc/passwd', 'http://192.0.2.1/'],
      name: 'a\u202Eb',
      hardware: 'c%1B',
    };
    const bytes = encodeProbeMatch('m', 'r', { ...evil, id: 'urn:uuid:9' });
    expect(decodeProbeMatches(bytes, new Set(['r']))).toEqual([
      { id: 'urn:uuid:9', addresses: ['http://192.0.2.1/'], name: 'a b', hardware: 'c%1B' },
    ]);
    expect(decodeProbeMatches(encodeProbeMatch('m', 'r', evil), new Set(['r']))).toEqual([]);
  });

  it('never throws, whatever comes', () => {
    const good = encodeProbeMatch('m', 'r', CAMERA);
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.nat(255),
        fc.uint8Array({ maxLength: 50 }),
        (at, byte, tail) => {
          const changed = Uint8Array.from([...good.with(at, byte), ...tail]);
          expect(Array.isArray(decodeProbeMatches(changed, new Set(['r'])))).toBe(true);
          expect(Array.isArray(decodeProbeMatches(tail, new Set(['r'])))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds a camera that is asked, once, and waits in vain for nobody', async () => {
    await using rig = await Rig.start({ discovery: 0 });
    const port = rig.camera.discoveryPort ?? 0;
    const found = await discoverCameras({ host: '127.0.0.1', port, forMs: 400 }, NEVER);
    expect(found).toEqual([
      {
        id: expect.stringMatching(/^urn:uuid:/),
        addresses: [`http://127.0.0.1:${rig.camera.port}/onvif/device_service`],
        name: 'cam',
        hardware: 'bailee simulator',
      },
    ]);
    const nobody = createSocket('udp4');
    nobody.bind(0, '127.0.0.1');
    await once(nobody, 'listening');
    nobody.on('message', (_, from) => nobody.send(Buffer.from('<hello/>'), from.port, from.address));
    expect(
      await discoverCameras({ host: '127.0.0.1', port: nobody.address().port, forMs: 300 }, NEVER),
    ).toEqual([]);
    nobody.close();
  });
});
