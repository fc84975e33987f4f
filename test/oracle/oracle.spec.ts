import { judge, type Evidence, type StoredMessage } from './oracle';

/** A run as it should be: sent; in doubt and sent again; in doubt and found by its echo; throttled first; refused; unanswered; failed and sent again by a person. */
function goodRun(): Evidence {
  return {
    answers: [
      { reference: 'r1', status: 202, id: 'm1' },
      { reference: 'r2', status: 202, id: 'm2' },
      { reference: 'r3', status: 202, id: 'm3' },
      { reference: 'r4', status: 202, id: 'm4' },
      { reference: 'r5', status: 202, id: 'm5' },
      { reference: 'r6', status: 0 },
      { reference: 'r7', status: 422 },
      { reference: 'r8', status: 202, id: 'm8' },
      { reference: 'r9', status: 202, id: 'm9' },
    ],
    calls: [
      { messageId: 'm1', attempt: 1, taken: true },
      { messageId: 'm2', attempt: 1, taken: true },
      { messageId: 'm2', attempt: 2, taken: true },
      { messageId: 'm3', attempt: 1, taken: true },
      { messageId: 'm4', attempt: 1, taken: false },
      { messageId: 'm4', attempt: 2, taken: true },
      { messageId: 'm6', attempt: 1, taken: true },
      { messageId: 'm8', attempt: 1, taken: true },
      { messageId: 'm9', attempt: 1, taken: true },
      { messageId: 'm9', attempt: 2, taken: true },
    ],
    messages: [
      stored('m1', 'SENT', ['ACCEPTED']),
      stored('m2', 'SENT', ['IN_DOUBT', 'ACCEPTED']),
      stored(
        'm3',
        'DELIVERED',
        ['IN_DOUBT'],
        [
          { type: 'DELIVERED', at: 5 },
          { type: 'SENT', at: 9 },
        ],
      ),
      stored('m4', 'SENT', ['THROTTLED', 'ACCEPTED']),
      { ...stored('m5', 'SUPPRESSED', []), reason: 'suppressed' },
      stored(
        'm6',
        'FAILED',
        ['ACCEPTED'],
        [
          { type: 'DELIVERED', at: 7 },
          { type: 'FAILED', at: 7 },
        ],
      ),
      { ...stored('m8', 'UNKNOWN', ['IN_DOUBT']), delivery: 'at_most_once', reason: 'outcome_unknown' },
      stored(
        'm9',
        'SENT',
        ['IN_DOUBT', 'ACCEPTED'],
        [
          { type: 'FAILED', at: 3 },
          { type: 'REQUEUED', at: 4 },
        ],
      ),
    ],
  };
}

function stored(
  id: string,
  status: string,
  outcomes: (string | null)[],
  events: StoredMessage['events'] = [],
): StoredMessage {
  const attempts = outcomes.map((outcome, i) => ({ number: i + 1, outcome }));
  return { id, reference: `r${id.slice(1)}`, status, delivery: 'at_least_once', reason: null, attempts, events };
}

/** The good run with one message changed. */
function withMessage(id: string, change: Partial<StoredMessage>): Evidence {
  const run = goodRun();
  return { ...run, messages: run.messages.map((message) => (message.id === id ? { ...message, ...change } : message)) };
}

function without(id: string): Evidence {
  const run = goodRun();
  return { ...run, messages: run.messages.filter((message) => message.id !== id) };
}

describe('the oracle of the fault runs', () => {
  it('finds nothing against a run that kept every promise, and counts it', () => {
    expect(judge(goodRun())).toEqual({
      violations: [],
      accepted: 7,
      lost: 0,
      unknown: 4,
      dupCalls: 2,
      states: { SENT: 4, DELIVERED: 1, SUPPRESSED: 1, FAILED: 1, UNKNOWN: 1 },
    });
  });

  const run = goodRun();
  const again = { messageId: 'm1', attempt: 2, taken: true };
  const broken: [invariant: string, how: string, evidence: Evidence][] = [
    ['durable', 'a 202 whose message is not stored', without('m1')],
    ['durable', 'a 202 that names another message', withMessage('m1', { reference: 'r99' })],
    ['sent', 'a message that is SENT without a call', { ...run, calls: run.calls.slice(1) }],
    [
      'duplicate',
      'a second copy without a doubt',
      { ...withMessage('m1', stored('m1', 'SENT', ['ACCEPTED', 'ACCEPTED'])), calls: [...run.calls, again] },
    ],
    ['duplicate', 'the same attempt called twice', { ...run, calls: [...run.calls, { ...again, messageId: 'm2' }] }],
    ['at most once', 'a second copy where that is forbidden', withMessage('m2', { delivery: 'at_most_once' })],
    ['lost', 'an accepted message that ended without a call and without a reason', withMessage('m5', { reason: null })],
    [
      'intent',
      'a call that nobody wrote down before',
      withMessage('m1', { attempts: [], status: 'FAILED', reason: 'x' }),
    ],
    [
      'intent',
      'a call for a message that nobody stored',
      { ...run, calls: [...run.calls, { ...again, messageId: 'm99' }] },
    ],
    ['sum', 'a message that is still on its way', withMessage('m5', { status: 'QUEUED' })],
    ['sum', 'more accepted messages than there are in all states', without('m5')],
    [
      'orphan',
      'a message that nobody asked for',
      { ...run, answers: run.answers.filter(({ reference }) => reference !== 'r6') },
    ],
    [
      'orphan',
      'a message whose request was refused',
      {
        ...run,
        answers: [...run.answers.filter(({ reference }) => reference !== 'r6'), { reference: 'r6', status: 422 }],
      },
    ],
    [
      'orphan',
      'two messages of one request',
      { ...run, messages: [...run.messages, { ...stored('m6', 'FAILED', []), id: 'm60', reason: 'x' }] },
    ],
    ['fold', 'a status below what its events say', withMessage('m3', { status: 'SENT' })],
    ['fold', 'a delivery that stands above a failure of the same time', withMessage('m6', { status: 'DELIVERED' })],
    ['fold', 'a doubt that was forgotten', withMessage('m8', { status: 'FAILED' })],
    ['fold', 'a delivery that no event reported', withMessage('m1', { status: 'DELIVERED' })],
  ];

  it.each(broken)('[%s] is red for %s', (invariant, _how, evidence) => {
    const { violations } = judge(evidence);
    expect(violations.map((violation) => violation.split(':')[0])).toContain(invariant);
  });
});
