import { judge } from '../oracle/oracle';
import { Chance } from './chance';
import { dieAt } from './death';
import { printScore } from './scoreboard';
import { Stage } from './stage';
import { readMessages } from './stored';
import { until } from './until';

describe('a message whose failure is reported before its dead worker is missed', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('counts the attempt that was made, and can be sent again', async () => {
    const env = { WORKER_CONCURRENCY: '8', WORKER_DEAD_SECONDS: '10', LEASE_SECONDS: '20' };
    stage = await Stage.open({ delayMs: () => chance.between(100, 150), env });
    await stage.send(40);
    const { inDoubt } = await dieAt(stage, `after_call:${chance.between(1, 20)}`);
    await stage.start('worker');

    const taken = stage.provider.calls.filter(({ messageId }) => inDoubt.includes(messageId));
    await stage.echo.report(taken, 'bounce');
    const failed = await until('failures that the provider reports', async () => {
      const messages = await readMessages(stage.sql);
      return messages.filter(({ id, status }) => inDoubt.includes(id) && status === 'FAILED').length === taken.length;
    }).then(() => taken.map(({ messageId }) => messageId));
    for (const id of failed) {
      const { status, text } = await stage.client().post(`/messages/${id}/retry`);
      expect({ status, text }).toMatchObject({ status: 202 });
    }
    await stage.settled();

    const { violations, ...score } = judge(await stage.evidence());
    printScore('failed before missed', { seed: chance.seed, retried: failed.length, ...score });
    expect(violations).toEqual([]);
    for (const id of failed)
      expect((await stage.client().get(`/messages/${id}`)).body).toMatchObject({ status: 'SENT', attempts: 2 });
  });
});
