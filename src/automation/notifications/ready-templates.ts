import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/db/tenant-db';
import { TemplatesService } from '../../templates/templates.service';
import { asTenant } from '../../platform/http/caller';
import { wasCalled } from './notification-route.queries';
import { READY_TEXTS } from './ready-texts';

/**
 * Templates that come with Carillon. They are made as the tenant's own when they are first needed, and once: from then on they are
 * to be changed like any other, and one that was removed stays away.
 */
@Injectable()
export class ReadyTemplates {
  constructor(private readonly templates: TemplatesService) {}

  /** Makes those of a topic, unless a template was ever called so. */
  async ensure(tx: Tx, topic: string): Promise<void> {
    const texts = READY_TEXTS[topic];
    if (!texts || (await wasCalled(tx, topic))) return;
    for (const text of texts)
      await this.templates.create(asTenant(tx.tenantId), { ...text, name: topic, category: 'UTILITY' });
  }
}
