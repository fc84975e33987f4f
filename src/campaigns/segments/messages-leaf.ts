import { MESSAGE_STATUSES } from '../../messages/message-status';
import { CHANNEL_TYPES, type ChannelType } from '../../providers/provider';
import { boolean, oneOf, rule, shaped, uuid, whole, type Shape } from './checks';
import type { Places } from './places';

/** What went to a contact before, or came from it. All that is said holds of one message; `atLeast` so many of them. */
export interface MessagesLeaf {
  messages: {
    direction?: 'OUTBOUND' | 'INBOUND';
    status?: string | readonly string[];
    received?: boolean;
    opened?: boolean;
    clicked?: boolean;
    replied?: boolean;
    channelType?: ChannelType;
    templateId?: string;
    campaignId?: string;
    within?: { days: number };
    atLeast?: number;
  };
}

const statuses = rule(
  (value) => [value].flat().every((each) => MESSAGE_STATUSES.some((status) => status === each)) && isSomething(value),
  `must be one, or a list, of ${MESSAGE_STATUSES.join(', ')}`,
);

const isSomething = (value: unknown) => !Array.isArray(value) || (value.length > 0 && value.length <= 20);

export const MESSAGES: Shape = {
  required: {
    messages: shaped({
      required: {},
      optional: {
        direction: oneOf(['OUTBOUND', 'INBOUND']),
        status: statuses,
        received: boolean,
        opened: boolean,
        clicked: boolean,
        replied: boolean,
        channelType: oneOf(CHANNEL_TYPES),
        templateId: uuid,
        campaignId: uuid,
        within: shaped({ required: { days: whole(1, 3650) }, optional: {} }),
        atLeast: whole(1, 1000),
      },
    }),
  },
  optional: {},
};

/** What happened to a message, from its times; a click shows that it was opened, and both that it arrived. */
const FACTS = {
  received: 'num_nonnulls(m.delivered_at, m.read_at, m.opened_at, m.clicked_at) > 0',
  opened: 'num_nonnulls(m.read_at, m.opened_at, m.clicked_at) > 0',
  clicked: 'm.clicked_at IS NOT NULL',
  replied: `EXISTS (SELECT 1 FROM communication_message r WHERE r.tenant_id = m.tenant_id AND r.session_id = m.session_id
    AND r.id > m.id AND r.direction = 'INBOUND' AND r.created_at > coalesce(m.sent_at, m.created_at))`,
} as const;

const DAY_MS = 86_400_000;

/**
 * One pass over the messages, whatever the number of contacts: asked contact by contact it would be one pass for each, since
 * messages have no index by contact.
 */
export function messagesSql({ messages }: MessagesLeaf, places: Places): string {
  const { direction, status, channelType, templateId, campaignId, within, atLeast = 1 } = messages;
  const conditions = ['m.tenant_id = $1', `m.direction = ${places.of(direction ?? 'OUTBOUND', 'text')}`];
  if (status !== undefined) conditions.push(`m.status = ANY (${places.of([status].flat(), 'text[]')})`);
  for (const fact of ['received', 'opened', 'clicked', 'replied'] as const)
    if (messages[fact] !== undefined) conditions.push(messages[fact] ? FACTS[fact] : `NOT (${FACTS[fact]})`);
  if (channelType) conditions.push(`m.channel_type = ${places.of(channelType, 'text')}`);
  if (templateId) conditions.push(`m.template_id = ${places.of(templateId, 'uuid')}`);
  if (campaignId) conditions.push(`m.campaign_id = ${places.of(campaignId, 'uuid')}`);
  if (within) {
    conditions.push(`m.created_at > now() - make_interval(days => ${places.of(within.days, 'integer')})`);
    // Ids of messages begin with their time, so the primary key skips what is older; a day more for clocks that differ.
    conditions.push(`m.id >= ${places.of(firstIdAt(Date.now() - (within.days + 1) * DAY_MS), 'uuid')}`);
  }
  const having = atLeast > 1 ? ` HAVING count(*) >= ${places.of(atLeast, 'integer')}` : '';
  return `c.id IN (SELECT m.contact_id FROM communication_message m WHERE ${conditions.join(' AND ')}
    GROUP BY m.contact_id${having})`;
}

/** The lowest id of version 7 of this moment. */
function firstIdAt(ms: number): string {
  const time = Math.max(ms, 0).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
