import { messagesAccepted } from '../../platform/metrics';
import type { NewMessage } from './accept.queries';

/** Counts messages whose commit is over. */
export function countAccepted(messages: readonly Pick<NewMessage, 'channelType' | 'lane'>[]): void {
  for (const { channelType, lane } of messages) messagesAccepted.inc({ channel_type: channelType, lane });
}
