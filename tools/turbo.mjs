// Runs turbo with telemetry, update notices and remote caching off. It builds before it tests.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const result = spawnSync(
  process.execPath,
  [`${root}node_modules/turbo/bin/turbo`, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      PTELAB_TEST_BUILT: '1',
    },
  },
);
if (result.error) console.error(`turbo did not start: ${result.error.message}`);
process.exit(result.status ?? 1);
