import { Problem } from '../../platform/http/problem';
import type { ChannelType, Content } from '../../providers/provider';
import type { TrackingDto } from '../accept/message.dto';

/** Throws Problem 422 where tracking is asked for and there is nothing to track: silence would look like nobody clicking. */
export function checkTracking(
  tracking: TrackingDto | null | undefined,
  channelType: ChannelType,
  content: Pick<Content, 'html'>,
): void {
  if (channelType === 'EMAIL' && content.html !== undefined) return;
  const asked = (['clicks', 'opens'] as const).filter((what) => tracking?.[what]);
  if (!asked.length) return;
  const message = 'needs an e-mail with HTML that is made here';
  throw Problem.invalidFields(asked.map((what) => ({ pointer: `/tracking/${what}`, message })));
}
