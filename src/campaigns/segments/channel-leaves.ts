import type { ChannelType } from '../../providers/provider';
import { boolean, channelType, oneOf, rule, type Shape } from './checks';
import type { Places } from './places';

/** What is known of a contact on one channel type, and what the person wants there. */
interface OfChannel {
  channel: ChannelType;
}

export type HasLeaf = OfChannel & { has: boolean };
export type AllowedLeaf = OfChannel & { allowed: boolean; purpose?: Purpose };
export type SuppressedLeaf = OfChannel & { suppressed: boolean; purpose?: Purpose };
export type TopicLeaf = OfChannel & { topic: string; on: boolean };
export type ConsentLeaf = OfChannel & { consent: boolean; topic?: string };
export interface DoNotContactLeaf {
  doNotContact: boolean;
}

type Purpose = 'MARKETING' | 'TRANSACTIONAL';

const purpose = oneOf(['MARKETING', 'TRANSACTIONAL']);
const topic = rule(
  (value) => typeof value === 'string' && /^[a-z][a-z0-9_]{0,59}$/.test(value),
  'must be the name of a topic: lower-case letters, digits and _',
);

export const HAS: Shape = { required: { channel: channelType, has: boolean }, optional: {} };
export const ALLOWED: Shape = { required: { channel: channelType, allowed: boolean }, optional: { purpose } };
export const SUPPRESSED: Shape = { required: { channel: channelType, suppressed: boolean }, optional: { purpose } };
export const TOPIC: Shape = { required: { channel: channelType, topic, on: boolean }, optional: {} };
export const CONSENT: Shape = { required: { channel: channelType, consent: boolean }, optional: { topic } };
export const DO_NOT_CONTACT: Shape = { required: { doNotContact: boolean }, optional: {} };

const whether = (answer: boolean, sql: string) => (answer ? sql : `NOT ${sql}`);

export function hasSql({ channel, has }: HasLeaf, places: Places): string {
  return whether(
    has,
    `EXISTS (SELECT 1 FROM contact_identity i WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id
      AND i.channel_type = ${places.of(channel, 'text')})`,
  );
}

/** Preferences of the contact that say this; who never said anything has none. */
const prefers = (condition: string) => `EXISTS (SELECT 1 FROM contact_communication_preference p
  WHERE p.tenant_id = c.tenant_id AND p.contact_id = c.id AND ${condition})`;

export function doNotContactSql({ doNotContact }: DoNotContactLeaf): string {
  return whether(doNotContact, prefers('p.do_not_contact'));
}

/** As the gate asks: what the person did not switch off is on. */
export function allowedSql(leaf: AllowedLeaf, places: Places): string {
  const channel = places.of(leaf.channel, 'text');
  const off = [`p.channels -> ${channel} ->> 'allowed' = 'false'`];
  if (leaf.purpose) off.push(`p.purposes -> ${places.of(leaf.purpose, 'text')} ->> ${channel} = 'false'`);
  return whether(!leaf.allowed, prefers(`(${off.join(' OR ')})`));
}

/** As the gate asks: the person's own word, else the default of the topic, else on. */
export function topicSql(leaf: TopicLeaf, places: Places): string {
  const [channel, name] = [places.of(leaf.channel, 'text'), places.of(leaf.topic, 'text')];
  const choice = `p.topics -> ${name} ->> ${channel}`;
  const isOffByDefault = `EXISTS (SELECT 1 FROM topic t WHERE t.tenant_id = $1 AND t.name = ${name}
    AND t.defaults ->> ${channel} = 'false')`;
  const off = `(${prefers(`${choice} = 'false'`)} OR (${isOffByDefault} AND NOT ${prefers(`${choice} = 'true'`)}))`;
  return whether(!leaf.on, off);
}

/** The address `i` is the one that the contact is written to: the first of its channel type. */
const IS_FIRST = `NOT EXISTS (SELECT 1 FROM contact_identity e WHERE e.tenant_id = i.tenant_id AND e.contact_id = i.contact_id
  AND e.channel_type = i.channel_type AND (e.created_at, e.address) < (i.created_at, i.address))`;

/**
 * As the gate asks, of the address that the contact is written to. From the side of the suppressions, which are few; an
 * erased person's are kept under a hash of the address.
 */
export function suppressedSql(leaf: SuppressedLeaf, places: Places): string {
  const channel = places.of(leaf.channel, 'text');
  const inForce = `s.tenant_id = $1 AND s.channel_type = ${channel} AND s.lifted_at IS NULL
    AND (s.expires_at IS NULL OR s.expires_at > now())
    AND s.purpose IN ('ALL', ${places.of(leaf.purpose ?? 'MARKETING', 'text')})`;
  const held = `i.tenant_id = $1 AND i.channel_type = ${channel} AND ${IS_FIRST}`;
  const hidden = `hidden_address((SELECT tn.address_salt FROM tenant tn WHERE tn.id = $1), ${channel}, i.address)`;
  return whether(
    leaf.suppressed,
    `c.id IN (SELECT i.contact_id FROM suppression s JOIN contact_identity i ON i.address = s.address
        WHERE ${inForce} AND ${held}
      UNION ALL SELECT i.contact_id FROM suppression s JOIN contact_identity i ON ${hidden} = s.address
        WHERE ${inForce} AND starts_with(s.address, 'sha256:') AND ${held})`,
  );
}

/** Whether the last word about the address that the contact is written to is a yes, by the proof of consent. */
export function consentSql(leaf: ConsentLeaf, places: Places): string {
  const channel = places.of(leaf.channel, 'text');
  const about = leaf.topic ? `(e.topic IS NULL OR e.topic = ${places.of(leaf.topic, 'text')})` : 'e.topic IS NULL';
  const lastWord = `SELECT DISTINCT ON (e.address) e.address, e.action FROM consent_event e
    WHERE e.tenant_id = $1 AND e.channel_type = ${channel} AND e.action IN ('OPTED_IN', 'OPTED_OUT', 'COMPLAINED')
      AND ${about} ORDER BY e.address, e.id DESC`;
  return whether(
    leaf.consent,
    `c.id IN (SELECT i.contact_id FROM (${lastWord}) w JOIN contact_identity i ON i.address = w.address
      WHERE w.action = 'OPTED_IN' AND i.tenant_id = $1 AND i.channel_type = ${channel} AND ${IS_FIRST})`,
  );
}
