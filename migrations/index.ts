import { CreateTenantsAndAccess1780000000000 } from './1780000000000-create-tenants-and-access';
import { CreateChannels1780000001000 } from './1780000001000-create-channels';
import { CreateContacts1780000002000 } from './1780000002000-create-contacts';
import { CreateTemplates1780000003000 } from './1780000003000-create-templates';
import { CreateMessages1780000004000 } from './1780000004000-create-messages';
import { CreateCampaignsAndAutomation1780000005000 } from './1780000005000-create-campaigns-and-automation';
import { CreateWebhookLogAndAnalytics1780000006000 } from './1780000006000-create-webhook-log-and-analytics';
import { GuardTenants1780000007000 } from './1780000007000-guard-tenants';
import { ServeMoreProviders1780000008000 } from './1780000008000-serve-more-providers';
import { AskConsentEverywhere1780000009000 } from './1780000009000-ask-consent-everywhere';
import { ExtendTemplates1780000010000 } from './1780000010000-extend-templates';
import { ImportAndExportContacts1780000011000 } from './1780000011000-import-and-export-contacts';
import { MergeAndErasePeople1780000012000 } from './1780000012000-merge-and-erase-people';
import { KeepFilesInStorage1780000013000 } from './1780000013000-keep-files-in-storage';
import { GuardAccess1780000014000 } from './1780000014000-guard-access';
import { ProveConsent1780000015000 } from './1780000015000-prove-consent';
import { RunCampaigns1780000016000 } from './1780000016000-run-campaigns';
import { FireSchedules1780000017000 } from './1780000017000-fire-schedules';
import { KeepBudgets1780000018000 } from './1780000018000-keep-budgets';
import { SendBatches1780000019000 } from './1780000019000-send-batches';
import { KeepSegments1780000020000 } from './1780000020000-keep-segments';
import { TellEvents1780000021000 } from './1780000021000-tell-events';
import { RollUpAnalytics1780000022000 } from './1780000022000-roll-up-analytics';
import { WorkSessions1780000023000 } from './1780000023000-work-sessions';
import { TrackLinks1780000024000 } from './1780000024000-track-links';
import { RunRules1780000025000 } from './1780000025000-run-rules';
import { CallWebhooks1780000026000 } from './1780000026000-call-webhooks';
import { TakeEventsIn1780000027000 } from './1780000027000-take-events-in';
import { KeepEstimates1780000028000 } from './1780000028000-keep-estimates';
import { FindAddresses1780000029000 } from './1780000029000-find-addresses';
import { HideAddressesAtOnce1780000030000 } from './1780000030000-hide-addresses-at-once';

/** In the order in which they run. Classes, not globs: the same list works built, in tests and in a bundle. */
export const migrations = [
  CreateTenantsAndAccess1780000000000,
  CreateChannels1780000001000,
  CreateContacts1780000002000,
  CreateTemplates1780000003000,
  CreateMessages1780000004000,
  CreateCampaignsAndAutomation1780000005000,
  CreateWebhookLogAndAnalytics1780000006000,
  GuardTenants1780000007000,
  ServeMoreProviders1780000008000,
  AskConsentEverywhere1780000009000,
  ExtendTemplates1780000010000,
  ImportAndExportContacts1780000011000,
  MergeAndErasePeople1780000012000,
  KeepFilesInStorage1780000013000,
  GuardAccess1780000014000,
  ProveConsent1780000015000,
  RunCampaigns1780000016000,
  FireSchedules1780000017000,
  KeepBudgets1780000018000,
  SendBatches1780000019000,
  KeepSegments1780000020000,
  TellEvents1780000021000,
  RollUpAnalytics1780000022000,
  WorkSessions1780000023000,
  TrackLinks1780000024000,
  RunRules1780000025000,
  CallWebhooks1780000026000,
  TakeEventsIn1780000027000,
  KeepEstimates1780000028000,
  FindAddresses1780000029000,
  HideAddressesAtOnce1780000030000,
];
