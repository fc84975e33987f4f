import { randomUUID } from 'node:crypto';
import { sendgridKeys, signSendgrid } from '../support/sign';
import type { StubCall } from './stub-provider';
import { until } from './until';

/** SendGrid's event webhook: tells Carillon, signed, what became of the messages that were taken. */
export class Echo {
  readonly publicKey: string;
  private readonly keys = sendgridKeys();

  /** @param target the webhook's address, asked for at each call, because servers come and go. */
  constructor(private readonly target: () => string | undefined) {
    this.publicKey = this.keys.publicKey;
  }

  /** Reports all of them with this event, and tries again as SendGrid does until it is heard. */
  async report(calls: readonly StubCall[], event: 'processed' | 'delivered' | 'bounce' = 'delivered'): Promise<void> {
    if (!calls.length) return;
    await until('an echo that is heard', () => this.post(calls, event).catch(() => undefined));
  }

  private async post(calls: readonly StubCall[], event: string): Promise<true | undefined> {
    const target = this.target();
    if (!target) return undefined;
    const seconds = Math.floor(Date.now() / 1000);
    const raw = JSON.stringify(
      calls.map(({ ref, to, providerId }) => ({
        email: to,
        timestamp: seconds,
        event,
        ...(event === 'bounce' && { type: 'blocked', status: '4.2.2', reason: 'full' }),
        sg_event_id: randomUUID(),
        sg_message_id: `${providerId}.recvd-1`,
        carillon_ref: ref,
      })),
    );
    const headers = { 'content-type': 'application/json', ...signSendgrid(this.keys.privateKey, seconds, raw) };
    const response = await fetch(target, { method: 'POST', headers, body: raw });
    return response.ok ? true : undefined;
  }
}
