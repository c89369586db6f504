import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { encodeClock, encodeServices } from './answers.ts';
import { CameraClient } from './client.ts';
import { PinnedAgent } from './pinned-agent.ts';
import { Rig } from './rig.fixture.ts';
import { encodeRequest } from './requests.ts';
import { decodeEnvelope, encodeEnvelope } from './soap.ts';
import { certificates, hasOpenssl } from '../certificates.fixture.ts';

const hasCurl = spawnSync('curl', ['--version']).error === undefined;
const run = promisify(execFile);

async function curl(user: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('curl', ['--silent', '--digest', '--user', user, ...args]);
  return stdout;
}

describe('foreign software', () => {
  it.skipIf(!hasCurl).each(['MD5', 'SHA-256'] as const)(
    'curl logs in to the simulated camera by %s (skipped: curl is not installed)',
    async (auth) => {
      await using rig = await Rig.start({ auth });
      const url = `http://127.0.0.1:${rig.camera.port}`;
      const envelope = new TextDecoder().decode(
        encodeEnvelope(encodeRequest({ op: 'GetProfiles', version: 1 })),
      );
      const data = ['--data-binary', envelope, `${url}/onvif/media_service`];
      const answer = decodeEnvelope(new TextEncoder().encode(await curl('bailee:correct horse', ...data)));
      expect(answer).toMatchObject({ kind: 'body', body: { name: 'GetProfilesResponse' } });
      const codeOf = (user: string): Promise<string> =>
        curl(
          user,
          '--output',
          '/dev/null',
          '--write-out',
          '%{http_code} %{content_type}',
          `${url}/snapshot.jpg`,
        );
      expect(await codeOf('bailee:correct horse')).toBe('200 image/jpeg');
      expect(await codeOf('bailee:wrong')).toMatch(/^401/);
    },
  );
});

describe('a camera with a certificate of its own', () => {
  it.skipIf(!hasOpenssl)(
    'is spoken to when it is the one that is known, and no other is (skipped: openssl is not installed)',
    async () => {
      const { of } = certificates('camera', 'stranger');
      const [camera, stranger] = [of.get('camera'), of.get('stranger')];
      if (camera === undefined || stranger === undefined) throw new Error('no certificates');
      const fingerprint = new X509Certificate(camera.cert).fingerprint256.replaceAll(':', '');
      let asked = 0;
      const timeOver = async (certificate: typeof camera): Promise<number> => {
        const server = createServer(certificate, (_, response) => {
          const body =
            asked++ === 0
              ? encodeClock(1_700_000_000_000)
              : encodeServices({ events: null, media: null, media2: null });
          response.end(encodeEnvelope(body));
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const agent = new PinnedAgent(fingerprint);
        try {
          const client = new CameraClient({
            id: 'cam',
            url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/onvif/device_service`),
            login: { user: 'u', password: 'p' },
            answerMs: 5000,
            now: () => 1_700_000_000_500,
            trace: undefined,
            agent,
          });
          await client.readClock(AbortSignal.timeout(10_000));
          return client.offsetMs;
        } finally {
          agent.destroy();
          server.closeAllConnections();
          server.close();
        }
      };
      expect(await timeOver(camera)).toBe(-500);
      await expect(timeOver(stranger)).rejects.toThrow('not the one that is known');
      expect(asked).toBe(1);
    },
  );
});
