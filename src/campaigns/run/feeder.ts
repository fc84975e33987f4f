import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../../channels/channel-accounts';
import { countAccepted } from '../../messages/accept/accepted-figures';
import { acceptMessages } from '../../messages/accept/accept.queries';
import { Dispatcher } from '../../messages/dispatch/dispatcher';
import { TenantDb } from '../../platform/db/tenant-db';
import { Problem } from '../../platform/http/problem';
import { log } from '../../platform/log';
import { CampaignWatch } from './campaign-watch';
import {
  endIfDone,
  markFed,
  MOST_OPEN,
  savePace,
  stillRuns,
  takeTurns,
  type RunningCampaign,
  type TurnRow,
} from './feeder.queries';
import { roomOf, schedule, type PaceRules } from './pace';
import { Personalisation } from './personalise';
import { WAVES } from './variants';

/** Recipients that get their messages in one commit. */
const MOST_AT_ONCE = 500;

/**
 * Gives recipients their messages, a handful at a time: recipient and message in one commit, so that a crash leaves both or
 * neither, and there is no place to remember where it was but the recipients themselves.
 */
@Injectable()
export class Feeder {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly personalisation: Personalisation,
    private readonly watch: CampaignWatch,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** One handful of a bulk send that runs. Answers how many recipients were done. */
  async feed(tenantId: string, campaign: RunningCampaign): Promise<number> {
    if (await this.watch.look(tenantId, campaign)) return 1;
    const turns = await this.turnsOf(tenantId, campaign);
    if (!turns.length) {
      const ended = await this.db.run(tenantId, (tx) => endIfDone(tx, campaign.id));
      if (ended) log.info({ tenantId, campaignId: campaign.id, status: ended }, 'a bulk send ended');
      return ended ? 1 : 0;
    }
    const open = await this.accounts.findUsable(tenantId, campaign.channelId);
    if (!open) return 0; // switched off or gone: its recipients wait, as messages would
    try {
      return await this.give(tenantId, { campaign, open }, turns);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      await this.watch.pause(tenantId, campaign.id, { code: 'template_unusable', detail: error.detail });
      return 1;
    }
  }

  private async turnsOf(tenantId: string, campaign: RunningCampaign): Promise<TurnRow[]> {
    const now = campaign.now.getTime();
    if (campaign.open > MOST_OPEN - MOST_AT_ONCE) return []; // what waits has to go first
    const room = roomOf(rulesOf(campaign), campaign.pace, now, MOST_AT_ONCE);
    if (room.all <= 0) return [];
    const waves = campaign.abTest && campaign.winner === null ? [WAVES.test] : [WAVES.test, WAVES.rest];
    const turns = new Map([...room.domains, ['', room.all]]);
    return this.db.run(tenantId, (tx) => takeTurns(tx, campaign.id, waves, { limit: room.all, turns }));
  }

  private async give(
    tenantId: string,
    of: { campaign: RunningCampaign; open: OpenChannel },
    turns: readonly TurnRow[],
  ): Promise<number> {
    const { campaign } = of;
    const made = await Promise.all(turns.map((turn) => this.personalisation.make(tenantId, of, turn)));
    const { dueAt, pace } = schedule(rulesOf(campaign), campaign.pace, campaign.now.getTime(), turns);
    const messages = made.flatMap(({ message }, i) =>
      message ? [{ ...message, dueAt: new Date(dueAt[i] ?? 0).toISOString() }] : [],
    );
    const given = this.db.run(tenantId, async (tx) => {
      await acceptMessages(tx, tenantId, messages);
      const marked = await markFed(
        tx,
        campaign.id,
        made.map(({ fed }) => fed),
      );
      // Somebody was erased, or another worker was here: all of it is rolled back, and the next look sees what is left.
      if (marked !== made.length) throw new Error(`${made.length - marked} recipients had gone`);
      // Last of all, so that whoever pauses waits for a commit and not for a whole handful.
      if (!(await stillRuns(tx, campaign.id))) throw new Stopped();
      if (Object.keys(pace).length) await savePace(tx, campaign.id, pace);
    });
    if (!(await given.then(() => true, unlessStopped))) return 0;
    countAccepted(messages);
    this.dispatcher.wake.now();
    return made.length;
  }
}

/** It was paused, cancelled or ended while its next handful was made: none of that handful is stored. */
class Stopped extends Error {}

function unlessStopped(error: unknown): false {
  if (error instanceof Stopped) return false;
  throw error;
}

function rulesOf({ ratePerSecond, domainRates, rampUp, startedAt, now }: RunningCampaign): PaceRules {
  return { ratePerSecond, domainRates, rampUp, startedAt: (startedAt ?? now).getTime() };
}
