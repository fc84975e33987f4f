import fc from 'fast-check';
import { FAULT_CLASSES, type Account, type ProviderIo, type WebhookRequest } from '../../src/providers/provider';
import { providers } from '../../src/providers/registry';
import { accountOf, kitOf } from './accounts';
import { toJson, webhookFixtures, type WebhookInput } from './fixtures';
import type { Kit, Signer } from './kit';
import { recorder } from './recorder';

const NOW = new Date('2026-11-21T10:00:00Z');

const emptyRequest: WebhookRequest = {
  method: 'POST',
  url: 'https://hooks.acme.example/x',
  headers: {},
  query: {},
  rawBody: Buffer.alloc(0),
  receivedAt: NOW,
};

/** The world outside while a webhook is verified: nobody can be reached, but for what the kit says. */
function ioAt(now: Date, kit: Kit): ProviderIo {
  return recorder(now, kit.outside ?? (() => ({ kind: 'NOT_SENT', code: 'x', message: 'x' }))).io;
}

const withWebhook = providers().flatMap(({ type, webhook }) => (webhook ? [[type, webhook] as const] : []));

describe.each(withWebhook)('%s keeps the contract of webhooks', (type, webhook) => {
  const kit = kitOf(type);
  const sign = kit.sign!;

  describe.each(webhookFixtures(type).map((fixture) => [fixture.name, fixture] as const))(
    'the webhook %s',
    (_name, { input, expected }) => {
      const { request, channelType } = input;
      const account = accountOf(type, channelType);
      const io = ioAt(request.receivedAt, kit);
      const verify = (changed: WebhookRequest, by = account, at = io) => webhook.verify(changed, by, at);

      it('gives the events of the fixture, the same on every replay', () => {
        const events = webhook.parse(request, account);
        expect(toJson(events)).toEqual(expected);
        expect(webhook.parse(request, account)).toEqual(events);
      });

      it('gives events whose keys are different and short enough', () => {
        const keys = webhook.parse(request, account).map(({ eventKey }) => eventKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.every((key) => key.length > 0 && key.length <= 200)).toBe(true);
      });

      it('is believed when the provider signed it', async () => {
        expect(await verify(signed(kit, input))).toBe(true);
      });

      it('is not believed when any byte of it was changed', async () => {
        const good = signed(kit, input);
        const believed: number[] = [];
        for (const at of coveredBytes(kit, good.rawBody)) {
          const rawBody = Buffer.from(good.rawBody);
          rawBody.writeUInt8(rawBody.readUInt8(at) ^ 1, at);
          if (await verify({ ...good, rawBody })) believed.push(at);
        }
        expect(believed).toEqual([]);
      });

      it('is not believed without a signature, with an empty, a mutilated or a foreign one', async () => {
        const good = signed(kit, input);
        const headers = sign(request, 'provider').headers ?? {};
        for (const name of Object.keys(headers)) {
          const value = headers[name] ?? '';
          for (const wrong of [
            undefined,
            '',
            'x',
            value.slice(1),
            `${value}A`,
            'é'.repeat(value.length),
            '0'.repeat(5_000),
          ]) {
            const changed: Record<string, string> = { ...good.headers };
            if (wrong === undefined) delete changed[name];
            else changed[name] = wrong;
            expect(await verify({ ...good, headers: changed })).toBe(false);
          }
        }
        for (const spoilt of kit.spoilt?.(good) ?? []) expect(await verify(spoilt)).toBe(false);
        expect(Object.keys(headers).length + (kit.spoilt?.(good).length ?? 0)).toBeGreaterThan(0);
        expect(await verify(signed(kit, input, 'stranger'))).toBe(false);
      });

      it('is not believed by a channel that has no secret', async () => {
        const bare: Account = { ...account, ...kit.withoutSecret };
        expect(await verify(signed(kit, input), bare)).toBe(false);
        expect(await verify(signed(kit, input, 'nobody'), bare)).toBe(false);
        expect(await verify(request, bare)).toBe(false);
      });

      if (kit.window) {
        const { pastMs, futureMs } = kit.window;
        it.each([
          ['older than the window', -pastMs - 1_000, false],
          ['just inside the window', -pastMs + 1_000, true],
          ['further in the future than clocks differ', futureMs + 1_000, false],
          ['as far in the future as clocks differ', futureMs - 1_000, true],
        ])('with a signed timestamp %s: %s ms, believed: %s', async (_case, offsetMs, believed) => {
          const timestamp = new Date(request.receivedAt.getTime() + offsetMs);
          expect(await verify(signed(kit, input, 'provider', timestamp))).toBe(believed);
        });
      }
    },
  );

  it('never throws while it verifies or names an account, and parses or throws an Error, whatever arrives', async () => {
    const arbitrary = fc.record({
      rawBody: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.json().map((json) => Buffer.from(json)),
        fc.webQueryParameters().map((form) => Buffer.from(form)),
      ),
      headers: fc.dictionary(
        fc.constantFrom(...Object.keys(sign({ ...emptyRequest }, 'provider').headers ?? {}), 'content-type'),
        fc.string(),
      ),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ rawBody, headers }) => {
        const request: WebhookRequest = { ...emptyRequest, rawBody: Buffer.from(rawBody), headers };
        const account = accountOf(type, 'EMAIL');
        expect(await webhook.verify(request, account, ioAt(NOW, kit))).toBe(false);
        webhook.accountKeys?.(request);
        try {
          for (const event of webhook.parse(request, account)) expect(event.eventKey).not.toBe('');
        } catch (error) {
          expect((error as Error).constructor).toBe(Error);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('uses only the fault classes that there are', () => {
    const faults = webhookFixtures(type).flatMap(({ input }) =>
      webhook
        .parse(input.request, accountOf(type, input.channelType))
        .flatMap((event) => ('fault' in event && event.fault ? [event.fault] : [])),
    );
    for (const fault of faults) {
      expect(FAULT_CLASSES).toContain(fault.class);
      expect(fault.message.length).toBeLessThanOrEqual(500);
    }
  });
});

function signed(kit: Kit, { request }: WebhookInput, as: Signer = 'provider', timestamp?: Date): WebhookRequest {
  const { headers, ...others } = kit.sign!(request, as, timestamp);
  return { ...request, ...others, headers: { ...request.headers, ...headers } };
}

/** Places of the bytes that a signature protects. */
function coveredBytes(kit: Kit, rawBody: Buffer): number[] {
  const ranges = kit.covered?.(rawBody) ?? [[0, rawBody.length]];
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index));
}
