import { lockOf } from '../../platform/db/right-of-way';

/** The lock that stands for a bulk send, shared by every dispatch of its messages. Whoever pauses or cancels takes it alone. */
export function campaignLock(tenantId: string, campaignId: string): string {
  return lockOf(tenantId, 'campaign', campaignId);
}
