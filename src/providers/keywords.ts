/**
 * What a person can write to stop and to start again; the words that carriers oblige senders to honour (CTIA), with those
 * that AWS adds and the French ones that Twilio and AWS know. OPTED_IN only lifts an opt-out that a keyword made: "yes" is
 * also an answer to a question.
 */
const KEYWORDS: Readonly<Record<'OPTED_OUT' | 'OPTED_IN', readonly string[]>> = {
  OPTED_OUT: [
    'STOP',
    'STOPALL',
    'UNSUBSCRIBE',
    'CANCEL',
    'END',
    'QUIT',
    'REVOKE',
    'OPTOUT',
    'OPT-OUT',
    'REMOVE',
    'ARRET',
    'ARRETE',
    'ARRETT',
    'TD',
  ],
  OPTED_IN: ['START', 'YES', 'UNSTOP'],
};

/** The consent that a whole message expresses ("stop", " Stop "), and the word it was; "please stop" is none. */
export function consentOf(text: string): { action: 'OPTED_OUT' | 'OPTED_IN'; keyword: string } | undefined {
  // Phones write "Arrêt" where the lists of the carriers have no accents.
  const keyword = text.trim().normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
  if (KEYWORDS.OPTED_OUT.includes(keyword)) return { action: 'OPTED_OUT', keyword };
  if (KEYWORDS.OPTED_IN.includes(keyword)) return { action: 'OPTED_IN', keyword };
  return undefined;
}
