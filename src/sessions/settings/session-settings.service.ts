import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { audit } from '../../permissions/audit';
import { TenantDb } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import type { ChannelTypeTimesDto, SessionSettingsResponse, UpdateSessionSettingsDto } from './session-settings.dto';
import { changeSessionSettings, readSessionSettings, type StoredSettings } from './session-settings.queries';

/** What a tenant sets for all of its conversations. */
@Injectable()
export class SessionSettingsService {
  constructor(
    private readonly db: TenantDb,
    private readonly config: Config,
  ) {}

  get({ tenantId }: Caller): Promise<SessionSettingsResponse> {
    return this.db.run(tenantId, async (tx) => settingsView(await readSessionSettings(tx)));
  }

  /** Times to answer hold for what comes in from now on. Throws Problem 422 for an endpoint that the operator has not set. */
  update(caller: Caller, { perChannelType, ...general }: UpdateSessionSettingsDto): Promise<SessionSettingsResponse> {
    if (general.sentiment === 'ENDPOINT' && this.config.SENTIMENT_URL === undefined)
      throw Problem.invalidField('/sentiment', 'must be LOCAL or OFF: the operator has set no SENTIMENT_URL');
    const change: StoredSettings = { ...general, ...(perChannelType && { channelTypes: byType(perChannelType) }) };
    return this.db.run(caller.tenantId, async (tx) => {
      await changeSessionSettings(tx, change);
      await audit(tx, caller, 'session_settings.updated', 'tenant', tx.tenantId, { ...change });
      return settingsView(await readSessionSettings(tx));
    });
  }
}

function byType(times: readonly ChannelTypeTimesDto[]): NonNullable<StoredSettings['channelTypes']> {
  return Object.fromEntries(times.map(({ channelType, ...own }) => [channelType, own]));
}

function settingsView(settings: StoredSettings): SessionSettingsResponse {
  const { autoCompleteHours = null, channelTypes = {}, sentiment = 'OFF' } = settings;
  const { firstResponseMinutes = null, nextResponseMinutes = null } = settings;
  const perChannelType = Object.entries(channelTypes).map(([channelType, own]) => ({
    channelType,
    firstResponseMinutes: own.firstResponseMinutes ?? null,
    nextResponseMinutes: own.nextResponseMinutes ?? null,
  }));
  return { autoCompleteHours, firstResponseMinutes, nextResponseMinutes, perChannelType, sentiment };
}
