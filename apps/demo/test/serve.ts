import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** A static file server on a free port of 127.0.0.1. */
export interface Served {
  /** Address of the folder, with a slash at the end. */
  readonly url: string;
  readonly close: () => void;
}

/** Serves the files of `folder` below a path, as a project page of a static host does. */
export async function serve(folder: string, below = '/some/where/'): Promise<Served> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(below) && !pathname.includes('..');
    const name = pathname.slice(below.length) || 'index.html';
    const file = inside ? readFile(join(folder, name)) : Promise.reject(new Error('outside'));
    file.then(
      (body) => {
        response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
        response.end(body);
      },
      () => {
        response.writeHead(404).end();
      },
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${below}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
