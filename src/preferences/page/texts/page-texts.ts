import type { ChannelType } from '../../../providers/provider';

/** One choice of how much may come. */
export interface LevelText {
  label: string;
  hint: string;
}

/**
 * Everything that people read, in one language. {sender}, {address}, {topic} and {channel} stand for the names; every text
 * is plain text.
 */
export interface PageTexts {
  /** Names of the channel types within a sentence. */
  channels: Readonly<Record<ChannelType, string>>;
  page: {
    title: string;
    /** Whose settings these are. */
    who: string;
    unsubscribe: string;
    unsubscribeHint: string;
    stopTopic: string;
    stopAll: string;
    topics: string;
    topicsHint: string;
    alwaysOn: string;
    levels: string;
    chosen: LevelText;
    noMarketing: LevelText;
    nothing: LevelText;
    save: string;
    help: string;
  };
  /** What is in force after a change. */
  done: {
    saved: string;
    stoppedTopic: string;
    stoppedAll: string;
    onItsWay: string;
    confirmed: string;
    alreadyConfirmed: string;
  };
  /** What the person cannot change here, and why. */
  locks: {
    complained: string;
    bounced: string;
    stopped: string;
    noMarketing: string;
  };
  confirm: {
    title: string;
    topic: string;
    all: string;
    yes: string;
    ignore: string;
  };
  /** Pages instead of the page: a title and what to do. */
  faults: Readonly<Record<'unknown' | 'invalid' | 'busy' | 'fault', { title: string; text: string }>>;
  /** The message that asks to confirm. {url} stands for the link. */
  mail: {
    subject: string;
    topic: string;
    all: string;
    ignore: string;
  };
}
