/** What happened, as it is told outside. */
export interface Happened {
  id: string;
  type: string;
  at: Date;
  /** Ids and states; in it stands what it is about. */
  data: Readonly<Record<string, unknown>>;
}

/** An event in the JSON form of CloudEvents 1.0. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  type: string;
  source: string;
  time: string;
  subject?: string;
  datacontenttype: 'application/json';
  data: Readonly<Record<string, unknown>>;
}

const SUBJECTS: Readonly<Record<string, string>> = {
  message: 'messageId',
  session: 'sessionId',
  contact: 'contactId',
  webhook_endpoint: 'endpointId',
};

/** @param data what stands in it, where that is more than the ids. */
export function cloudEvent(
  tenantId: string,
  happened: Happened,
  data: Readonly<Record<string, unknown>> = happened.data,
): CloudEvent {
  const { id, type, at } = happened;
  const subject = happened.data[SUBJECTS[type.split('.')[0] ?? ''] ?? ''];
  return {
    specversion: '1.0',
    id,
    type,
    source: `urn:carillon:${tenantId}`,
    time: at.toISOString(),
    ...(typeof subject === 'string' && { subject }),
    datacontenttype: 'application/json',
    data,
  };
}
