import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../../channels/channel-accounts';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { WorkerDb } from '../../platform/db/worker-db';
import type { FaultClass, MediaResult } from '../../providers/provider';
import { Files } from '../attachments/files';
import { ApplicationIo } from '../dispatch/provider-io';
import { giveMediaUp, keepMedia, takeDueMedia, type DueMedia } from './inbound-media.queries';

const FILES_AT_ONCE = 10;

/** Tries at one file; the last comes an hour after the first, and links of providers do not live much longer. */
const MOST_ATTEMPTS = 7;

/** Faults after which the same file may still be had. */
const MENDABLE = new Set<FaultClass>(['transient', 'throttled', 'ambiguous', 'auth', 'quota']);

const GONE: MediaResult = {
  ok: false,
  fault: { class: 'config', code: 'channel_gone', message: 'The channel or its credentials are gone.' },
};

/** Fetches the files that people sent, where the provider keeps them for us, and keeps them with their messages. */
@Injectable()
export class InboundMediaFiles {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly io: ApplicationIo,
    private readonly files: Files,
  ) {}

  /** Fetches what is due. Answers how many files that were. */
  async fetchDue(): Promise<number> {
    const due = await takeDueMedia(this.worker.sql, FILES_AT_ONCE);
    await Promise.all(due.map((media) => this.fetchOne(media)));
    return due.length;
  }

  private async fetchOne(media: DueMedia): Promise<void> {
    const { tenantId, messageId } = media;
    const result = await this.bytesOf(media);
    if (result.ok) {
      const { contentType, content, filename = `file-${messageId}` } = result;
      const bytes = await this.files.receive(tenantId, Readable.from([content]));
      const attachment = { id: uuidv7(), messageId, contentType, filename };
      return this.db.run(tenantId, (tx) => keepMedia(tx, media, { attachment, bytes }));
    }
    if (media.attempts >= MOST_ATTEMPTS || !MENDABLE.has(result.fault.class))
      await this.db.run(tenantId, (tx) => giveMediaUp(tx, media, result.fault.message));
  }

  private async bytesOf({ tenantId, channelId, ref }: DueMedia): Promise<MediaResult> {
    const open = await this.accounts.findUsable(tenantId, channelId);
    if (!open?.provider.fetchMedia) return GONE;
    try {
      return await open.provider.fetchMedia(ref, open.account, this.io);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const message = `The ${open.provider.type} provider failed inside Carillon (${name}).`;
      return { ok: false, fault: { class: 'transient', code: 'provider_error', message } };
    }
  }
}
