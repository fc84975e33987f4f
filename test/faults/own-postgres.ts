import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/db/embedded-postgres';
import { TEST_FOLDER_PREFIX } from '../support/dead-runs';
import { until } from './until';

/**
 * A PostgreSQL that this run may kill, with the settings that Carillon ships (fsync and synchronous_commit on), and the times of
 * commits besides. It is started again as Carillon does it.
 */
export class OwnPostgres {
  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-`));
    chmodSync(folder, 0o755); // run by root, the server is another user, who must be able to enter
    const settings = { track_commit_timestamp: 'on' };
    return new OwnPostgres(await startEmbeddedPostgres({ dataDir: folder, settings }), folder);
  }

  get url(): string {
    return this.server.adminUrl;
  }

  /** Answers when another one has taken its place. */
  async kill(): Promise<void> {
    const { pid } = this.server;
    process.kill(pid, 'SIGKILL');
    await until('a PostgreSQL that is there again', async () => this.server.pid !== pid);
  }

  async drop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
