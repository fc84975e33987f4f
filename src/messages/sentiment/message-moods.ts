import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { dueTogether, runParts, type DueTogether } from '../../platform/time/clock';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { Lexicon } from './lexicon';
import { keepMood, takeDueMoods, wordsOf, type WordsOfMessage } from './mood.queries';
import { ownWords, type Mood, type Sentiment } from './sentiment';
import { SentimentEndpoint } from './sentiment-endpoint';

const AT_ONCE = 50;
const LOOK_MS = 250;

/** Tells the mood of messages after they were stored: whoever brings a message never waits for it. */
@Injectable()
export class MessageMoods {
  private readonly lexicon: Sentiment = new Lexicon();

  constructor(
    loops: WorkLoops,
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    private readonly endpoint: SentimentEndpoint,
  ) {
    loops.add(new Loop('moods', () => this.tellDue(), LOOK_MS));
  }

  /** Tells what is due. Answers how many messages that were. */
  async tellDue(): Promise<number> {
    const due = await takeDueMoods(this.worker.sql, AT_ONCE);
    return runParts(dueTogether(due), (part) => this.tell(part));
  }

  private async tell({ tenantId, ids }: DueTogether): Promise<number> {
    const messages = await this.db.run(tenantId, (tx) => wordsOf(tx, ids));
    // No transaction is open while somebody else's server thinks.
    const moods = await this.moodsOf(messages);
    for (const [place, { id }] of messages.entries())
      await this.db.run(tenantId, (tx) => keepMood(tx, id, moods[place] ?? null));
    return messages.length;
  }

  /** All of one tenant. A tenant that has switched it off meanwhile gets none. */
  private async moodsOf(messages: readonly WordsOfMessage[]): Promise<(Mood | null)[]> {
    const judge = JUDGES[messages[0]?.source ?? 'OFF'];
    if (judge === undefined) return messages.map(() => null);
    const words = messages.map(({ text }) => ownWords(text));
    const said = words.filter((text) => text !== undefined);
    const moods = await this[judge].of(said);
    return words.map((text) => (text === undefined ? null : (moods[said.indexOf(text)] ?? null)));
  }
}

const JUDGES = { OFF: undefined, LOCAL: 'lexicon', ENDPOINT: 'endpoint' } as const;
