import { Injectable } from '@nestjs/common';
import type { TenantEvent } from '../../events/event-consumers';
import { findHolder } from '../../contacts/identity.queries';
import { acceptMessages, type NewMessage } from '../../messages/accept/accept.queries';
import type { SendMessageDto } from '../../messages/accept/message.dto';
import { MessagePreparation } from '../../messages/accept/preparation';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { Problem } from '../../platform/http/problem';
import { askGate } from '../../preferences/gate/gate.queries';
import { GATE_REASONS } from '../../preferences/gate/reasons';
import type { ChannelType } from '../../providers/provider';
import { TemplatesService } from '../../templates/templates.service';
import { asTenant } from '../../platform/http/caller';
import type { Person } from './notification-person';
import type { Step } from './notification.queries';
import type { Route } from './notification-route.queries';

/** What is to be said, to whom, and how. */
export interface Telling {
  event: TenantEvent;
  route: Route;
  person: Person;
  templates: Partial<Record<ChannelType, string>>;
}

/** The person's own words are asked under an address that nobody has. */
const NO_ADDRESS = '';
const LONGEST_REFERENCE = 100;

/** One message of a notification: whether the person is reached on a channel type, allows it there, and if so the message. */
@Injectable()
export class NotificationMessage {
  constructor(
    private readonly preparation: MessagePreparation,
    private readonly templates: TemplatesService,
  ) {}

  /**
   * Queues the message, in the caller's transaction, or says why not. Throws Problem for what is wrong with the template or with
   * what it is given: that is nobody's wish, and a person has to look at it.
   */
  async queue(tx: Tx, channelType: ChannelType, telling: Telling): Promise<Step> {
    const templateId = telling.templates[channelType];
    if (templateId === undefined) return { channelType, outcome: 'no_template' };
    const address = telling.person.addresses[channelType];
    if (address == null) return { channelType, outcome: address === null ? 'invalid_address' : 'no_address' };
    const channelId = await this.channelOf(tx, channelType);
    if (channelId === undefined) return { channelType, outcome: 'no_channel' };

    const refusal = await refusalOf(tx, { channelType, channelId, address }, telling);
    if (refusal !== undefined) return { channelType, outcome: refusal };
    const prepared = await this.prepare(tx, {
      channelId,
      to: address,
      templateId,
      variables: await this.variables(tx, { channelType, templateId }, telling),
      topic: telling.route.topic,
      purpose: telling.route.purpose,
      ...(telling.person.language !== null && { language: telling.person.language }),
      ...referenceOf(telling.event),
      metadata: { eventId: telling.event.id },
    });
    if ('closed' in prepared) return { channelType, outcome: prepared.closed };
    await acceptMessages(tx, tx.tenantId, [prepared.row]);
    return { channelType, outcome: 'QUEUED', messageId: prepared.row.id };
  }

  /** What the event says; of that only what the template asks for by name, where the provider writes the message and takes no more. */
  private async variables(
    { tenantId }: Tx,
    selector: { channelType: ChannelType; templateId: string },
    { event, person: { language } }: Telling,
  ): Promise<Record<string, unknown>> {
    const all = variablesOf(event);
    const { template } = await this.templates.resolve(tenantId, {
      ...selector,
      ...(language !== null && { language }),
    });
    if (template.providerTemplateName === null) return all;
    const names = template.variables.map(({ name }) => name);
    return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  }

  /** What is as it is for now is no fault: a channel that is off, a reply window that is closed, a template not let through yet. */
  private async prepare(tx: Tx, input: SendMessageDto): Promise<{ row: NewMessage } | { closed: string }> {
    try {
      return await this.preparation.prepare(asTenant(tx.tenantId), input);
    } catch (error) {
      if (error instanceof Problem && error.status === 409) return { closed: error.code };
      throw error;
    }
  }

  /** The tenant's default channel of the type, where it is in use. */
  private async channelOf(tx: Tx, channelType: ChannelType): Promise<string | undefined> {
    try {
      return (await this.preparation.channelOf(asTenant(tx.tenantId), { channelType })).channel.id;
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return undefined;
      throw error;
    }
  }
}

/**
 * Why the gate would not let it through now, as a code. Whoever holds the address is asked, as for every message; where that is
 * somebody else than the person whom the event is about, the person is asked too.
 */
async function refusalOf(
  tx: Tx,
  to: { channelType: ChannelType; channelId: string; address: string },
  { route, person: { contactId } }: Telling,
): Promise<string | undefined> {
  const question = { ...to, contactId, messageId: uuidv7(), purpose: route.purpose, topic: route.topic };
  const isHolder = (await findHolder(tx, to)) === contactId;
  for (const address of isHolder ? [to.address] : [to.address, NO_ADDRESS]) {
    const { verdict } = await askGate(tx, { ...question, address, lane: 'transactional' });
    if (verdict !== 'GO' && verdict !== 'QUIET_HOURS') return GATE_REASONS[verdict].code;
  }
  return undefined;
}

/** What a template may name: the facts of the order, or else all that the event says. */
function variablesOf({ data }: TenantEvent): Record<string, unknown> {
  const { orderData } = data;
  return typeof orderData === 'object' && orderData !== null ? { ...data, ...orderData } : data;
}

function referenceOf({ data }: TenantEvent): { clientReference?: string } {
  const { orderId } = variablesOf({ data } as TenantEvent);
  const text = typeof orderId === 'string' || typeof orderId === 'number' ? String(orderId) : '';
  return text !== '' && text.length <= LONGEST_REFERENCE ? { clientReference: text } : {};
}
