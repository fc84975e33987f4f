import { answerMessages } from '../../platform/work/thread-answer';
import { answerTo, type TextsAnswer, type TextsJob } from '../texts';

/** Thread that parses and renders templates. */
answerMessages((job: TextsJob): TextsAnswer => answerTo(job));
