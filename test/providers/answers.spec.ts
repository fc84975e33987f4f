import { createHttpClient } from '../../src/platform/egress/http-client';
import { FAULT_CLASSES, type OutboundMessage, type ProviderIo, type SendResult } from '../../src/providers/provider';
import { findProvider, providers } from '../../src/providers/registry';
import { accountOf, kitOf } from './accounts';
import { behavioursOf, NOW, SECRET, type Behaviour } from './answers';
import { KITS } from './kits';
import { answerOf, refusedUrl, startRawServer, type RawServer } from './raw-server';

const TIMEOUT_MS = 400;

const client = createHttpClient({ connectTimeoutMs: 1_000 });
const io: ProviderIo = { now: () => NOW, http: (request) => client.http({ ...request, timeoutMs: TIMEOUT_MS }) };

afterAll(() => client.close());

/** The sandbox calls nobody, and SMTP is not HTTP; their behaviours stand in sandbox.spec.ts and smtp-outcomes.spec.ts. */
const WITHOUT_HTTP = ['sandbox', 'smtp'];

const TYPES = Object.keys(KITS).filter((type) => KITS[type]?.answers);

it('is asked of every provider of the network', () => {
  const networked = providers()
    .map(({ type }) => type)
    .filter((type) => !WITHOUT_HTTP.includes(type));
  expect(TYPES.sort()).toEqual(networked.sort());
});

describe.each(TYPES)('%s makes the right thing of', (type) => {
  const provider = findProvider(type);
  const table = KITS[type]?.answers;
  if (!provider || !table) throw new Error(`There is no ${type}.`);

  const channelType = Object.keys(provider.channels)[0] as OutboundMessage['channelType'];
  const message: OutboundMessage = {
    messageId: '0197a000-0000-7000-8000-000000000001',
    ref: '0197a000-0000-7000-8000-000000000001.1',
    channelType,
    messageType: 'TEXT',
    to: kitOf(type).to ?? (channelType === 'EMAIL' ? 'ada@example.com' : '+14155552671'),
    content: { subject: 'Hello', text: 'Hello Ada' },
    purpose: 'TRANSACTIONAL',
  };
  const behaviours = behavioursOf(table.documented);
  const servers: RawServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  async function urlOf({ answer, url }: Behaviour): Promise<string> {
    if (url === 'refused') return refusedUrl();
    if (url === 'unresolvable') return 'http://no.such.invalid';
    const server = await startRawServer(answer ?? answerOf(200));
    servers.push(server);
    return url === 'no-tls' ? server.url.replace('http:', 'https:') : server.url;
  }

  async function send(behaviour: Behaviour): Promise<SendResult> {
    return provider!.send(message, accountOf(type, channelType, await urlOf(behaviour)), io);
  }

  it('at least 24 behaviours, every one of them with an expectation', () => {
    expect(behaviours.length).toBeGreaterThanOrEqual(24);
    expect(behaviours.map(({ name }) => name).sort()).toEqual(Object.keys(table.expected).sort());
  });

  it.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))('%s', async (name, behaviour) => {
    const result = await send(behaviour);
    const [outcome, faultClass] = table.expected[name] ?? [];
    expect(result.outcome).toBe(outcome);
    if (result.outcome === 'ACCEPTED') return;
    expect(result.fault.class).toBe(faultClass);
    expect(FAULT_CLASSES).toContain(result.fault.class);
    expect('retryAfterMs' in result ? result.retryAfterMs : undefined).toBe(behaviour.retryAfterMs);
    expect(servers.every(({ requests }) => requests.length <= 1)).toBe(true);
  });

  it('an answer that repeats credentials and addresses: they are not in the fault', async () => {
    const { secrets } = kitOf(type);
    for (const status of [400, 401, 500]) {
      let text = '';
      table.documented(status)({ write: (bytes: Buffer) => (text = bytes.toString()) } as never);
      const body = text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll(SECRET, secrets.join(' '));
      const result = await send({ name: 'echo', answer: answerOf(status, body) });
      const shown = JSON.stringify(result);
      expect(shown).toContain('refused for');
      for (const secret of [...secrets, message.to]) expect(shown).not.toContain(secret);
    }
  });
});
