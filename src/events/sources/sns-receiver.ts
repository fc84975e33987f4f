import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { TenantDb } from '../../platform/db/tenant-db';
import type { HttpClient } from '../../platform/egress/http-client';
import { Problem } from '../../platform/http/problem';
import { log } from '../../platform/log';
import { webhookCalls } from '../../platform/metrics';
import { HTTP_CLIENT } from '../../platform/tokens';
import { readEnvelope, snsWebhook, usualSnsUrl } from '../../providers/sns-envelope';
import { sourceByKey } from './event-source.queries';
import { SourceIntake } from './source-intake';
import type { SourceSettings } from './source-settings';

const SNS = snsWebhook(usualSnsUrl);

/** Takes what SNS posts: only of the topic that the tenant named, only with its signature, and acknowledged when it is stored. */
@Injectable()
export class SnsReceiver {
  private readonly io;

  constructor(
    private readonly db: TenantDb,
    private readonly intake: SourceIntake,
    private readonly config: Config,
    @Inject(HTTP_CLIENT) client: HttpClient,
  ) {
    this.io = { http: client.http.bind(client), now: () => new Date() };
  }

  /**
   * Throws the same Problem 401 for an unknown key, a missing signature and a wrong one; 503, after which SNS tries again, while
   * the source is paused and for a subscription that could not be confirmed.
   */
  async receive(key: string, rawBody: Buffer): Promise<void> {
    const source = await sourceByKey(this.db, key);
    const subscriber = source?.kind === 'sns' ? this.subscriberOf(source.settings) : undefined;
    const isTrue = subscriber !== undefined && (await SNS.verify({ rawBody }, subscriber, this.io));
    webhookCalls.inc({ provider: 'event-source', verdict: isTrue ? 'accepted' : 'refused' });
    if (!source || !isTrue) {
      log.warn({ event: 'event source' }, 'a message of SNS was refused');
      throw Problem.unauthorized();
    }
    if (source.status !== 'ACTIVE') throw Problem.unavailable();

    const reply = await SNS.handshake({ rawBody }, subscriber, this.io);
    if (reply && reply.status !== 200) throw Problem.unavailable();
    const envelope = readEnvelope({ rawBody });
    if (reply || envelope?.type !== 'Notification') return;
    await this.intake.take(source, [{ body: rawBody.toString(), sourceId: `sns:${envelope.messageId}` }]);
  }

  private subscriberOf({ topicArn = '' }: SourceSettings) {
    const credentials = { topicArn, region: topicArn.split(':')[3] ?? '' };
    return { credentials, baseUrl: this.config.providerUrls['aws-sns'] ?? usualSnsUrl({ credentials }) };
  }
}
