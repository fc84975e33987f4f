import { Column } from 'typeorm';

/** What every line of a roll-up holds. */
export abstract class Figures {
  @Column({ type: 'bigint', default: 0 })
  sent: string;

  @Column({ type: 'bigint', default: 0 })
  delivered: string;

  @Column({ type: 'bigint', default: 0 })
  read: string;

  @Column({ type: 'bigint', default: 0 })
  failed: string;

  @Column({ type: 'bigint', default: 0 })
  opened: string;

  @Column({ type: 'bigint', default: 0 })
  machineOpened: string;

  @Column({ type: 'bigint', default: 0 })
  clicked: string;

  @Column({ type: 'bigint', default: 0 })
  replied: string;

  @Column({ type: 'bigint', default: 0 })
  unsubscribed: string;

  @Column({ type: 'bigint', default: 0 })
  complained: string;

  @Column({ type: 'text', nullable: true })
  costCurrency: string | null;

  @Column({ type: 'numeric', default: 0 })
  costAmount: string;

  /** Bins of response times (response-times.ts), in lines that hold nothing else. */
  @Column({ type: 'smallint', array: true, nullable: true })
  answerBins: number[] | null;

  @Column({ type: 'bigint', array: true, nullable: true })
  answerCounts: string[] | null;
}
