import fc from 'fast-check';
import { Lexicon } from './lexicon';
import { moodOf, ownWords } from './sentiment';
import { GERMAN } from './words.de';
import { ENGLISH } from './words.en';

const lexicon = new Lexicon();
const label = (text: string) => lexicon.moodOf(text)?.label;
const score = (text: string) => lexicon.moodOf(text)?.score ?? Number.NaN;

describe('the mood of a text by its words', () => {
  it.each([
    ['Thank you so much, that was great!', 'POSITIVE'],
    ['I love it, works perfectly', 'POSITIVE'],
    ['The parcel arrived damaged and nobody answers. I am very disappointed.', 'NEGATIVE'],
    ['This is the worst service ever', 'NEGATIVE'],
    ['Where can I find my invoice?', 'NEUTRAL'],
    ['My order number is 4711', 'NEUTRAL'],
    ['It was not good at all', 'NEGATIVE'],
    ["It doesn't work", 'NEGATIVE'],
    ['That is not a problem', 'POSITIVE'],
    ['Nice packaging, but the product is broken', 'NEGATIVE'],
    ['Delivery was slow but the food was excellent', 'POSITIVE'],
    ['👍', 'POSITIVE'],
    ['😡😡', 'NEGATIVE'],
  ])('in English: %s', (text, expected) => {
    expect(label(text)).toBe(expected);
  });

  it.each([
    ['Vielen Dank, das hat super geklappt!', 'POSITIVE'],
    ['Ich bin sehr zufrieden mit der Lieferung', 'POSITIVE'],
    ['Das ist eine Frechheit, ich warte seit drei Wochen', 'NEGATIVE'],
    ['Leider ist das Gerät kaputt', 'NEGATIVE'],
    ['Wo finde ich meine Rechnung?', 'NEUTRAL'],
    ['Das ist nicht gut', 'NEGATIVE'],
    ['Das gefällt mir nicht', 'NEGATIVE'],
    ['Es funktioniert leider nicht', 'NEGATIVE'],
    ['Das ist kein Problem für mich', 'POSITIVE'],
    ['Die Verpackung war schön, aber der Inhalt war beschädigt', 'NEGATIVE'],
    ['Das war ein schneller und freundlicher Service', 'POSITIVE'],
    ['Was für ein schei\u00dfer Laden, der Service ist mies und erbärmlich', 'NEGATIVE'],
  ])('in German: %s', (text, expected) => {
    expect(label(text)).toBe(expected);
  });

  it('takes words of one language for no words of the other', () => {
    // "not", "war", "die" and "fast" are words of both, and mean nothing alike.
    expect(label('Die Ware war fast da, die Not war gross')).toBe('NEUTRAL');
    expect(label('The kind lady was fast')).toBe('POSITIVE');
  });

  it('is stronger with very, weaker with somewhat, and stronger again in capitals and with exclamation marks', () => {
    expect(score('It is very good')).toBeGreaterThan(score('It is good'));
    expect(score('It is somewhat good')).toBeLessThan(score('It is good'));
    expect(score('It is GOOD')).toBeGreaterThan(score('It is good'));
    expect(score('It is bad!!!')).toBeLessThan(score('It is bad'));
    expect(score('Das ist sehr schlecht')).toBeLessThan(score('Das ist schlecht'));
  });

  it('lets a negation reach to the end of its clause and no further', () => {
    expect(label('No, great work')).toBe('POSITIVE');
    expect(label('I do not think this is good')).toBe('NEGATIVE');
  });

  it('cannot be told of what has no words', () => {
    for (const text of ['', '   ', '4711', '...']) expect(lexicon.moodOf(text)).toBeNull();
  });

  it('answers in the order of the texts', async () => {
    const moods = await lexicon.of(['great', '4711', 'terrible']);
    expect(moods.map((mood) => mood?.label)).toEqual(['POSITIVE', undefined, 'NEGATIVE']);
  });

  it('stays between -1 and 1, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const mood = lexicon.moodOf(text);
        if (mood) expect(Math.abs(mood.score)).toBeLessThanOrEqual(1);
      }),
    );
    expect(score('terrible '.repeat(400))).toBeGreaterThanOrEqual(-1);
  });

  it.each([
    ['English', ENGLISH],
    ['German', GERMAN],
  ])('has 200 words of %s at least, none of them with two weights', (_, list) => {
    const words = Object.values(list.weights).flatMap((line) => line.split(/\s+/u).filter(Boolean));
    expect(words.length).toBeGreaterThanOrEqual(200);
    expect(words.filter((word, place) => words.indexOf(word) !== place)).toEqual([]);
  });
});

describe('what a person wrote', () => {
  it('is read without the mail that it answers', () => {
    expect(ownWords('Great, thanks!\n\nOn Monday, Bob <bob@example.com> wrote:\n> This is terrible')).toBe(
      'Great, thanks!',
    );
    expect(ownWords('Danke!\nAm 3.1. um 9:00 schrieb Bob:\n> Schrecklich')).toBe('Danke!');
    expect(ownWords('> all of it is quoted')).toBeUndefined();
  });

  it.each([[undefined], [null], [5], ['  ']])('may be nothing: %s', (text) => {
    expect(ownWords(text)).toBeUndefined();
  });
});

it('is neutral around zero', () => {
  expect([-1, -0.25, -0.2, 0, 0.24, 0.25, 7].map((each) => moodOf(each).label)).toEqual([
    'NEGATIVE',
    'NEGATIVE',
    'NEUTRAL',
    'NEUTRAL',
    'NEUTRAL',
    'POSITIVE',
    'POSITIVE',
  ]);
  expect(moodOf(7).score).toBe(1);
});
