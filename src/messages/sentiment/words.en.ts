import type { WordList } from './words';

export const ENGLISH: WordList = {
  weights: {
    '2': `amazing awesome brilliant delighted delightful excellent exceptional fabulous fantastic flawless gorgeous
      incredible love loved loves loving lovely magnificent marvellous marvelous outstanding perfect perfectly phenomenal
      remarkable splendid stellar stunning super superb terrific thrilled wonderful wow best adore overjoyed impeccable`,
    '1': `good great nice happy glad pleased pleasant satisfied satisfying thanks thank thankful grateful appreciate
      appreciated helpful helped useful easy easily smooth smoothly quick quickly fast prompt promptly friendly polite kind
      kindly courteous welcoming reliable comfortable clean fresh fair affordable beautiful cool enjoy enjoyed enjoying
      enjoyable fun impressed impressive recommend recommended solved resolved fixed work works working worked success
      successful successfully well fine better improved improvement like liked likes cheerful calm excited exciting
      hope hopeful trust trusted safe secure generous thoughtful patient professional efficient valuable worth
      congratulations hooray yay cheers positive agree glorious handy sweet smart tasty delicious`,
    '-1': `bad poor sad unhappy sorry slow slowly late delay delayed delays problem problems issue issues trouble error
      errors fault faulty broken broke break damaged damage missing lost lose wrong mistake mistakes incorrect confusing
      confused difficult hard annoying annoyed upset disappointed disappointing disappointment dissatisfied unsatisfied
      complaint complain complaining refund cancel cancelled unacceptable unclear unreliable uncomfortable rude unfriendly
      unhelpful impolite ignored ignore ignoring dirty cold expensive overpriced cheap fail failed fails failing failure
      fear afraid worried worry worrying concern concerned stuck waiting unfortunately unable refuse refused reject
      rejected doubt boring bored tired pain painful hurt hurts messy mess noisy odd weird useless worse waste wasted
      frustrated frustrating frustration negative disagree crash crashed crashes bug bugs defective hassle lacking leaked`,
    '-2': `terrible horrible awful appalling atrocious disgusting disgusted dreadful furious angry outraged outrageous hate
      hated hates hating worst scam fraud fraudulent liar liars lied lies cheated cheat theft stolen steal nightmare
      disaster disastrous pathetic ridiculous garbage rubbish trash crap shit damn hell idiot idiots incompetent
      unbelievable shameful shame disgrace disgraceful insulting insult abusive threatened lawyer sue inexcusable
      infuriating horrific abysmal dire unforgivable`,
  },
  negators: `not no never none nobody nothing neither nor cannot cant can't dont don't doesnt doesn't didnt didn't isnt isn't
    wasnt wasn't arent aren't werent weren't wont won't wouldnt wouldn't couldnt couldn't shouldnt shouldn't hasnt hasn't
    havent haven't hadnt hadn't without hardly barely aint ain't`,
  negatesAfter: false,
  firm: `unfortunately sorry sadly`,
  boosters: `very really extremely absolutely so too totally completely incredibly highly truly deeply utterly most such
    particularly especially super insanely`,
  dampers: `slightly somewhat little bit rather fairly quite kinda sorta partly almost`,
  turns: `but however although though yet`,
  marks: `the and is are was were to of in it you your my i we for on with this that have has not be at as me so please can
    would do does did when from they he she been will what how why an or if`,
  endings: ['s', 'ed', 'd', 'ing', 'ly', 'er', 'est'],
};
