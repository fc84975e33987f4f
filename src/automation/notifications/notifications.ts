import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventConsumers, type EventConsumer, type TenantEvent } from '../../events/event-consumers';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { ChannelType } from '../../providers/provider';
import { NotificationMessage } from './notification-message';
import { personOf } from './notification-person';
import {
  eventOf,
  notifiedAmong,
  saveNotification,
  sayWhom,
  waitingFor,
  type NotificationRow,
  type Step,
} from './notification.queries';
import { LOST } from './notification-routes.service';
import { routesOf, templatesCalled, type Route } from './notification-route.queries';
import { ReadyTemplates } from './ready-templates';

const OWN_SOURCE = 'carillon';
const MINUTE_MS = 60_000;

/**
 * Makes messages of events: one that is called as a topic of the tenant's, and for which there is a template, tells whom it is
 * about, on the channels that the route of the topic names and the person allows.
 */
@Injectable()
export class Notifications implements EventConsumer, OnModuleInit {
  readonly name = 'notifications';

  constructor(
    private readonly consumers: EventConsumers,
    private readonly message: NotificationMessage,
    private readonly ready: ReadyTemplates,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  async take(tx: Tx, events: readonly TenantEvent[]): Promise<void> {
    const told = events.filter(({ source }) => source !== OWN_SOURCE);
    const routes = await routesOf(tx, [...new Set(told.map(({ type }) => type))]);
    const routed = told.filter(({ type }) => routes.has(type));
    const done = routed.length
      ? await notifiedAmong(
          tx,
          routed.map(({ id }) => id),
        )
      : new Set<string>();
    for (const event of routed) {
      const route = routes.get(event.type);
      if (route && !done.has(event.id)) await this.notify(tx, event, route);
    }
    const lost = events.flatMap(({ type, source, messageId }) =>
      source === OWN_SOURCE && messageId !== null && LOST.some((each) => each === type) ? [messageId] : [],
    );
    if (lost.length) for (const waiting of await waitingFor(tx, lost)) await this.goOn(tx, waiting);
  }

  private async notify(tx: Tx, event: TenantEvent, route: Route): Promise<void> {
    const templates = await this.templatesOf(tx, route);
    if (!Object.keys(templates).length) return;
    const row = { id: uuidv7(), eventId: event.id, topic: route.topic, contactId: null, steps: [] };
    await this.tell(tx, event, { ...row, messageId: null, fallbackUntil: null }, { ...route, templates });
  }

  /** The message before reached nobody: the next channel, while it is of use. */
  private async goOn(tx: Tx, waiting: NotificationRow): Promise<void> {
    const event = await eventOf(tx, waiting.eventId);
    const route = (await routesOf(tx, [waiting.topic])).get(waiting.topic);
    if (!event || route?.mode !== 'FIRST_REACHABLE')
      return saveNotification(tx, { ...waiting, messageId: null, fallbackUntil: null });
    await this.tell(tx, event, waiting, { ...route, templates: await this.templatesOf(tx, route) });
  }

  /** Tries the channels that were not tried yet: all of them, or up to the first that takes the message. */
  private async tell(tx: Tx, event: TenantEvent, before: NotificationRow, route: Route): Promise<void> {
    const person = await personOf(tx, event, route.channels);
    const steps: Step[] = [...before.steps];
    let messageId: string | null = null;
    const tried = new Set(steps.map(({ channelType }) => channelType));
    for (const channelType of person ? route.channels.filter((each) => !tried.has(each)) : []) {
      if (!person || (messageId !== null && route.mode === 'FIRST_REACHABLE')) break;
      const step = await this.message.queue(tx, channelType, { event, route, person, templates: route.templates });
      steps.push(step);
      messageId = step.messageId ?? messageId;
    }
    if (person) await sayWhom(tx, event.id, person.contactId);
    const contactId = person?.contactId ?? null;
    const mayGoOn = route.mode === 'FIRST_REACHABLE' && messageId !== null && steps.length < route.channels.length;
    const until = before.fallbackUntil ?? new Date(Date.now() + route.fallbackMinutes * MINUTE_MS);
    await saveNotification(tx, { ...before, contactId, messageId, steps, fallbackUntil: mayGoOn ? until : null });
  }

  /** Those that the route names, and for the other channel types those that are called as the topic. */
  private async templatesOf(tx: Tx, { topic, templates }: Route): Promise<Partial<Record<ChannelType, string>>> {
    await this.ready.ensure(tx, topic);
    const called = await templatesCalled(tx, topic);
    return { ...Object.fromEntries(called.toReversed().map(({ channelType, id }) => [channelType, id])), ...templates };
  }
}
