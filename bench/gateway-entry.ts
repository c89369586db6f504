import { ConfigError } from '../src/domain/errors.ts';
import { openGateway } from '../src/gateway/gateway.ts';
import { loadSite } from '../src/gateway/site.ts';
import { openLog } from '../src/ops/log.ts';

/** `run FILE` as the bench needs it: the daemon's composition root, no command line around it. */
const site = await loadSite(process.argv[3] ?? '', { checked: true, directory: null });
if (!site.ok) throw new ConfigError(site.problems);
const gateway = await openGateway(site.value, {
  log: openLog('info'),
  credentials: { checked: true, directory: null },
  webRoot: null,
  notifySocket: undefined,
  version: 'bench',
  residentBytes: () => process.memoryUsage.rss(),
  timeZone: 'UTC',
  onFatal: (error) => {
    throw error;
  },
});
process.once('SIGTERM', () => {
  void gateway[Symbol.asyncDispose]().then(() => process.exit(0));
});
