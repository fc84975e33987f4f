/**
 * The one gate: may this message go to this address? Everything that is asked stands here, in one SQL text that accepting,
 * dispatching, trying out and explaining share, so that no path can forget a question.
 */

/** What the gate says. All but GO and QUIET_HOURS end the message; QUIET_HOURS makes it wait. */
export const GATE_VERDICTS = [
  'GO',
  'SUPPRESSED',
  'DO_NOT_CONTACT',
  'OPTED_OUT',
  'NOT_OPTED_IN',
  'FREQUENCY_CAPPED',
  'QUIET_HOURS',
] as const;
export type GateVerdict = (typeof GATE_VERDICTS)[number];

/** Which row decided, and since when it stands there. Holds ids and settings, never an address. */
export interface GateRule {
  /** suppression, preference, topic, frequencyCap or quietHours. */
  type: string;
  /** RFC 3339; since when the rule is there. */
  since?: string;
  [fact: string]: unknown;
}

/** A person who wrote so lately is in a conversation and wants the answer, also at night. */
const IN_CONVERSATION = `interval '1 hour'`;

/** Suppressions in force of the address that is asked about, as it is or as erasure left it. */
const IN_FORCE = `suppression s
  WHERE s.tenant_id = a.tenant_id AND s.channel_type = a.channel_type
    AND s.address IN (a.address, hidden_address(tn.address_salt, a.channel_type, a.address))
    AND s.lifted_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > now()) AND s.purpose IN ('ALL', a.purpose)`;

/** Caps of the tenant that the person has reached. */
const REACHED = `jsonb_array_elements(tn.frequency_caps) AS cap
  WHERE cap ->> 'purpose' IN ('ALL', a.purpose) AND (cap ->> 'most')::int <= (
    SELECT count(*) FROM contact_send n WHERE n.tenant_id = a.tenant_id AND n.contact_id = w.person
      AND n.message_id <> a.message_id AND cap ->> 'purpose' IN ('ALL', n.purpose)
      AND n.at > now() - make_interval(hours => (cap ->> 'hours')::int))`;

/**
 * A SELECT over a relation `asked` that has tenant_id, channel_id, channel_type, address, contact_id, message_id, purpose,
 * topic and lane. It gives every column of it and verdict, rule, open_at (when quiet hours end), person (whose wishes were
 * asked), has_caps and tenant_status. From top to bottom: the ledger of addresses, the person's own words, what the tenant set
 * for the topic; a critical topic passes what is only a matter of taste, and a one-time password also passes caps and quiet hours.
 * The wishes are those of whoever holds the address now, which need not be the contact of the message: contacts are merged. The
 * person is a CASE, not a coalesce(): PostgreSQL counts that among what may leak, and under row-level security such a condition
 * finds nothing by an index, so every question read all contacts.
 * OFFSET 0 keeps PostgreSQL from copying what stands there into every place that names it: the verdict is reached once, and the
 * zone of a person without quiet hours is not looked for. Which row decided is looked up only where one did.
 */
export const GATE = `
SELECT a.*, v.verdict, tn.status AS tenant_status, tn.frequency_caps IS NOT NULL AS has_caps, q.open_at, w.person,
  CASE v.verdict
    WHEN 'SUPPRESSED' THEN (SELECT jsonb_build_object('type', 'suppression', 'id', s.id, 'reason', s.reason,
      'purpose', s.purpose, 'source', s.source, 'since', s.created_at, 'expiresAt', s.expires_at)
      FROM ${IN_FORCE} ORDER BY s.reason IN ('OPTED_OUT', 'COMPLAINED') DESC, s.id LIMIT 1)
    WHEN 'DO_NOT_CONTACT' THEN jsonb_build_object('type', 'preference', 'contactId', w.person, 'field', 'doNotContact',
      'since', p.updated_at)
    WHEN 'OPTED_OUT' THEN jsonb_build_object('type', 'preference', 'contactId', w.person, 'since', p.updated_at, 'field',
      CASE WHEN p.channels -> a.channel_type ->> 'allowed' = 'false' THEN 'channels.' || a.channel_type
        WHEN p.purposes -> a.purpose ->> a.channel_type = 'false' THEN 'purposes.' || a.purpose || '.' || a.channel_type
        ELSE 'topics.' || a.topic || '.' || a.channel_type END)
    WHEN 'NOT_OPTED_IN' THEN jsonb_build_object('type', 'topic', 'name', t.name, 'field', 'defaults.' || a.channel_type,
      'since', t.updated_at)
    WHEN 'FREQUENCY_CAPPED' THEN jsonb_build_object('type', 'frequencyCap') || (SELECT cap FROM ${REACHED} LIMIT 1)
    WHEN 'QUIET_HOURS' THEN jsonb_build_object('type', 'quietHours', 'contactId', w.person, 'until', q.open_at,
      'timezone', q.zone, 'since', p.updated_at) || p.quiet_hours
  END AS rule
FROM asked a
JOIN tenant tn ON tn.id = a.tenant_id
LEFT JOIN contact_identity i ON i.tenant_id = a.tenant_id AND i.channel_type = a.channel_type AND i.address = a.address
CROSS JOIN LATERAL (SELECT CASE WHEN i.contact_id IS NULL THEN a.contact_id ELSE i.contact_id END AS person) w
LEFT JOIN LATERAL (SELECT * FROM contact_communication_preference p
  WHERE p.tenant_id = a.tenant_id AND p.contact_id = w.person OFFSET 0) p ON true
LEFT JOIN topic t ON t.tenant_id = a.tenant_id AND t.name = a.topic
LEFT JOIN LATERAL (
  SELECT zone, quiet_until(p.quiet_hours, zone, now()) AS open_at
  FROM (SELECT coalesce((SELECT c.timezone FROM contact c WHERE c.tenant_id = a.tenant_id AND c.id = w.person), tn.timezone)
    AS zone) z
  WHERE p.quiet_hours IS NOT NULL OFFSET 0) q ON true
CROSS JOIN LATERAL (SELECT CASE
  WHEN EXISTS (SELECT FROM ${IN_FORCE}) THEN 'SUPPRESSED'
  WHEN p.do_not_contact THEN 'DO_NOT_CONTACT'
  WHEN p.channels -> a.channel_type ->> 'allowed' = 'false' THEN 'OPTED_OUT'
  WHEN t.is_critical AND a.purpose = 'TRANSACTIONAL' THEN 'GO'
  WHEN p.purposes -> a.purpose ->> a.channel_type = 'false' THEN 'OPTED_OUT'
  WHEN p.topics -> a.topic ->> a.channel_type = 'false' THEN 'OPTED_OUT'
  WHEN t.defaults ->> a.channel_type = 'false' AND p.topics -> a.topic ->> a.channel_type IS DISTINCT FROM 'true'
    THEN 'NOT_OPTED_IN'
  WHEN a.lane = 'otp' THEN 'GO'
  WHEN tn.frequency_caps IS NOT NULL AND EXISTS (SELECT FROM ${REACHED}) THEN 'FREQUENCY_CAPPED'
  WHEN q.open_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM communication_session h WHERE h.tenant_id = a.tenant_id
    AND h.counterpart = a.address AND h.channel_id = a.channel_id AND h.last_inbound_at > now() - ${IN_CONVERSATION})
    THEN 'QUIET_HOURS'
  ELSE 'GO' END AS verdict OFFSET 0) v`;
