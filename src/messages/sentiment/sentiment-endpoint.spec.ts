import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saying, startModel, type Model } from '../../../test/support/sentiment-model';
import { TEST_FOLDER_PREFIX } from '../../../test/support/dead-runs';
import { readConfig } from '../../config';
import { createHttpClient } from '../../platform/egress/http-client';
import { log } from '../../platform/log';
import { SentimentEndpoint } from './sentiment-endpoint';

const client = createHttpClient();
let model: Model;

beforeAll(async () => {
  log.level = 'silent';
  model = await startModel('0');
});
afterAll(async () => {
  await client.close();
  await model.close();
});

const endpoint = (env: Record<string, string> = {}) =>
  new SentimentEndpoint(readConfig({ SENTIMENT_URL: model.url, SENTIMENT_MODEL: 'small', ...env }), client);

describe('a sentiment endpoint', () => {
  it('is asked one text a call, with the model and the key, and its number counts', async () => {
    model.answers(200, saying(' -0.9\n'));
    const moods = await endpoint({ SENTIMENT_API_KEY: 'model-key' }).of(['Great.', 'Just great.']);
    expect(moods).toEqual([1, 2].map(() => ({ label: 'NEGATIVE', score: -0.9 })));
    expect(model.asked.map(({ path, authorization }) => [path, authorization])).toEqual(
      [1, 2].map(() => ['/v1/chat/completions', 'Bearer model-key']),
    );
    const texts = model.asked.map(({ body }) => (body['messages'] as { content: string }[])[1]?.content);
    expect(new Set(texts)).toEqual(new Set(['Great.', 'Just great.']));
    expect(model.asked[0]?.body).toMatchObject({ model: 'small', temperature: 0 });
  });

  it('may have its key in a file, or none', async () => {
    const folder = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-key-`));
    const file = join(folder, 'key');
    writeFileSync(file, 'from-file\n');
    await endpoint({ SENTIMENT_API_KEY_FILE: file }).of(['x']);
    await endpoint().of(['x']);
    expect(model.asked.slice(-2).map(({ authorization }) => authorization)).toEqual(['Bearer from-file', undefined]);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['fails', 500, saying('-1')],
    ['says something else than a number', 200, saying('very bad, -1')],
    ['says a number out of bounds', 200, saying('-1.7')],
    ['says nothing', 200, saying('')],
    ['answers no JSON', 200, '<html>'],
    ['answers another shape', 200, '{"choices":{"0":1}}'],
    ['answers null', 200, 'null'],
  ])('leaves it to the word lists where it %s', async (_, status, body) => {
    model.answers(status, body);
    expect(await endpoint().of(['Excellent, thank you'])).toMatchObject([{ label: 'POSITIVE' }]);
  });

  it('leaves it to the word lists where nobody answers', async () => {
    const gone = await startModel('0');
    await gone.close();
    expect(await endpoint({ SENTIMENT_URL: gone.url }).of(['Excellent', '4711'])).toMatchObject([
      { label: 'POSITIVE' },
      null,
    ]);
  });
});

describe('the configuration of a sentiment endpoint', () => {
  it.each([
    ['SENTIMENT_MODEL', { SENTIMENT_URL: 'https://models.example.com/v1' }],
    ['SENTIMENT_URL', { SENTIMENT_URL: 'models.example.com', SENTIMENT_MODEL: 'small' }],
    ['SENTIMENT_API_KEY_FILE', { SENTIMENT_API_KEY: 'a', SENTIMENT_API_KEY_FILE: '/b' }],
  ])('is refused by the name of %s', (name, env) => {
    expect(() => readConfig(env)).toThrow(name);
  });
});
