import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { CHANNEL_TYPES } from '../../providers/provider';
import type { PutTopicDto, TopicList, TopicResponse } from './topic.dto';
import { findTopic, listTopics, putTopic, removeTopic, type TopicRow } from './topic.queries';

/** The preference page shows every topic, so their number is bounded. */
const MOST_TOPICS = 200;

@Injectable()
export class TopicsService {
  constructor(private readonly db: TenantDb) {}

  list({ tenantId }: Caller): Promise<TopicList> {
    return this.db.run(tenantId, async (tx) => ({ data: (await listTopics(tx)).map(topicView), page: { next: null } }));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, name: string): Promise<TopicResponse> {
    return this.db.run(tenantId, async (tx) => {
      const topic = await findTopic(tx, name);
      if (!topic) throw Problem.notFound('topic');
      return topicView(topic);
    });
  }

  /** Makes a topic or replaces it. Throws Problem 409 for too many, 422 for a critical one that is off by default. */
  put(caller: Caller, name: string, input: PutTopicDto): Promise<{ topic: TopicResponse; isNew: boolean }> {
    const { title, description = null, isCritical = false, defaults = {} } = input;
    const off = CHANNEL_TYPES.find((channelType) => defaults[channelType] === false);
    if (isCritical && off)
      throw Problem.invalidField(
        `/defaults/${off}`,
        'must not be false on a critical topic, which nobody can switch on',
      );
    return this.db.run(caller.tenantId, async (tx) => {
      const known = await findTopic(tx, name);
      if (!known && (await listTopics(tx)).length >= MOST_TOPICS)
        throw Problem.conflict('conflict', `There are ${MOST_TOPICS} topics already; remove one first.`);
      await putTopic(tx, { name, title, description, isCritical, defaults: { ...defaults } });
      await audit(tx, caller, known ? 'topic.replaced' : 'topic.created', 'topic', name, { isCritical, defaults });
      const topic = await findTopic(tx, name);
      if (!topic) throw new Error('A topic was stored and not found');
      return { topic: topicView(topic), isNew: !known };
    });
  }

  /** What people chose for it stays with them. Throws Problem 404. */
  remove(caller: Caller, name: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      if (!(await removeTopic(tx, name))) throw Problem.notFound('topic');
      await audit(tx, caller, 'topic.deleted', 'topic', name, {});
    });
  }
}

function topicView({ createdAt, updatedAt, ...topic }: TopicRow): TopicResponse {
  return { ...topic, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
