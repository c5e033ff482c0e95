import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runServer } from 'verdaccio';

/** Whoever asks may read and publish: the registry is gone when the rehearsal ends. */
const OURS = { access: '$all', publish: '$all', unpublish: '$all' };

/**
 * Starts a registry on a free port of this machine. Packages of the repository come from nowhere but what is published
 * into it; all others are those of the registry that it stands before.
 *
 * @param {string} folder - an empty folder for what it stores.
 * @param {string} upstream - address of the registry for all other packages.
 * @returns {Promise<{ url: string, environment: Record<string, string>, close: () => void }>} `environment` makes npm
 * and pnpm use it, with a cache of their own: that of the user must not learn of packages that nobody else has.
 */
export async function startRegistry(folder, upstream) {
  const app = await runServer({
    storage: join(folder, 'storage'),
    configPath: join(folder, 'verdaccio.yaml'),
    self_path: join(folder, 'verdaccio.yaml'),
    uplinks: { upstream: { url: upstream, maxage: '1h' } },
    packages: {
      '@ptelab/*': OURS,
      ptelab: OURS,
      '**': { access: '$all', proxy: 'upstream' },
    },
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    max_body_size: '100mb',
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  });
  const server = await new Promise((resolve, reject) => {
    const listening = app.listen(0, '127.0.0.1', () => {
      resolve(listening);
    });
    listening.on('error', reject);
  });
  const { port } = server.address();
  const url = `http://127.0.0.1:${port}/`;
  const userconfig = join(folder, 'npmrc');
  // npm publishes for nobody without a token, though this registry asks for none.
  writeFileSync(userconfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\n`);
  const environment = {
    npm_config_userconfig: userconfig,
    npm_config_registry: url,
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, environment, close };
}
