import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface S3rver {
  run(): Promise<AddressInfo>;
  httpServer: Server;
  close(): Promise<void>;
}

type S3rverClass = new (options: object) => S3rver;

export interface S3Server {
  endpoint: string;
  /** Everything that the server keeps, its own notes included. */
  folder: string;
  /** What it was asked, method and URL. */
  requests: string[];
  /** Ends it, and keeps what it stored. */
  stop(): Promise<void>;
  /** Ends it and forgets everything. May follow `stop`. */
  close(): Promise<void>;
}

/** The one pair of keys that the server knows. */
export const S3_KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** A real S3 server on loopback, with a bucket `carillon`. */
export async function startS3(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-s3-'));
  const S3rver = require('@20minutes/s3rver') as S3rverClass;
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'carillon' }],
  });
  const { port } = await server.run();
  const requests: string[] = [];
  server.httpServer.on('request', ({ method, url }) => requests.push(`${method} ${url}`));
  let stopped: Promise<void> | undefined;
  const stop = () => {
    server.httpServer.closeAllConnections();
    return (stopped ??= server.close());
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    folder,
    requests,
    stop,
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
