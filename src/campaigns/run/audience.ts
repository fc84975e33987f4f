import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { instantOf, localTimeOf } from '../../platform/time/wall-clock';
import { holdInMemory } from '../segments/segment.queries';
import { readsMessages } from '../segments/segment-tree';
import {
  endPreparation,
  holdsPlace,
  insertFromParent,
  insertFromSegment,
  notePlace,
  setTurns,
  zonesOfRecipients,
  zonesOfSegment,
  type Turns,
} from './audience.queries';
import { moveCampaign, type RunningCampaign } from './feeder.queries';

/** Recipients that are prepared in one commit. */
const CHUNK = 5_000;
/** Of a segment more, as each chunk asks for the next contacts anew; a pause waits for one at most. */
const CHUNK_OF_SEGMENT = 20_000;
/** Conditions about messages read all messages once for every chunk, so there are fewer of those. */
const CHUNK_BY_MESSAGES = 100_000;

/** Where a preparation goes on: recipients who were named, in the order of their keys, then contacts of the segment. */
const NAMED = 'named:';
const SEGMENT = 'segment:';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Whom a bulk send goes to and whose turn is when, a chunk at a time: rows, and the place where the next chunk goes on, in one
 * commit. Who is prepared may be written to at once.
 */
@Injectable()
export class Audience {
  constructor(private readonly db: TenantDb) {}

  /** One chunk. Answers how much it did. */
  prepare(tenantId: string, campaign: RunningCampaign): Promise<number> {
    return this.db.run(tenantId, async (tx) => {
      if (!(await holdsPlace(tx, campaign))) return 0;
      const isDone = campaign.preparedUntil?.startsWith(SEGMENT)
        ? await this.addSegment(tx, campaign, campaign.preparedUntil.slice(SEGMENT.length))
        : await this.turnNamed(tx, campaign);
      if (isDone) await endPreparation(tx, campaign.id);
      const hasBegun = isDone || campaign.preparedUntil?.startsWith(SEGMENT);
      if (hasBegun) await moveCampaign(tx, campaign.id, 'PREPARING', 'RUNNING');
      return 1;
    });
  }

  private async turnNamed(tx: Tx, campaign: RunningCampaign): Promise<boolean> {
    const after = campaign.preparedUntil?.slice(NAMED.length) ?? '';
    const chunk = { after, limit: CHUNK };
    if (needsTurns(campaign) || campaign.parentId !== null) {
      const zones = campaign.inRecipientTimezone ? await zonesOfRecipients(tx, campaign, chunk) : [];
      const take = campaign.parentId === null ? setTurns : insertFromParent;
      const { count, last } = await take(tx, campaign, turnsOf(campaign, zones), chunk);
      if (count === CHUNK) {
        await notePlace(tx, campaign.id, `${NAMED}${last}`);
        return false;
      }
    }
    if (!campaign.segment) return true;
    await notePlace(tx, campaign.id, `${SEGMENT}${BEFORE_ALL}`);
    return false;
  }

  private async addSegment(tx: Tx, campaign: RunningCampaign, after: string): Promise<boolean> {
    const { segment } = campaign;
    if (!segment) return true;
    await holdInMemory(tx);
    const limit = readsMessages(segment) ? CHUNK_BY_MESSAGES : CHUNK_OF_SEGMENT;
    const zones = campaign.inRecipientTimezone ? await zonesOfSegment(tx) : [];
    const { count, last } = await insertFromSegment(tx, { ...campaign, segment }, turnsOf(campaign, zones), {
      after,
      limit,
    });
    if (count === limit) await notePlace(tx, campaign.id, `${SEGMENT}${last}`);
    return count < limit;
  }
}

function needsTurns({ abTest, domainRates, inRecipientTimezone }: RunningCampaign): boolean {
  return abTest !== null || domainRates.length > 0 || inRecipientTimezone;
}

/** @param zones those for which a time of their own is needed; in all others it is the time of the bulk send. */
function turnsOf(
  { abTest, domainRates, inRecipientTimezone, scheduledAt, timezone }: RunningCampaign,
  zones: readonly string[],
): Turns {
  const isLocal = inRecipientTimezone && scheduledAt !== null;
  const local = isLocal ? localTimeOf(scheduledAt, timezone ?? 'UTC') : '';
  return {
    sharePercent: abTest?.sharePercent ?? null,
    domains: domainRates.map(({ domain }) => domain),
    sendAt: isLocal ? scheduledAt.toISOString() : '-infinity',
    zones: Object.fromEntries(zones.map((zone) => [zone, instantOf(local, zone).toISOString()])),
  };
}
