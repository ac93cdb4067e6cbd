import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'
import { DIGIT_LIMIT, WORD_LIMIT } from './types.ts'

const us = (text: string) => normalise(text, { lang: 'en-us' }).text
const gb = (text: string) => normalise(text, { lang: 'en-gb' }).text

describe.each<[string, readonly (readonly [string, string])[]]>([
  ['numbers', [
    ['3,412 people', 'three thousand four hundred twelve people'],
    ['1,000,000,007', 'one billion seven'],
    ['3.14159', 'three point one four one five nine'],
    ['.5 and 0.5', 'point five and zero point five'],
    ['007', 'zero zero seven'],
    ['-14', 'minus fourteen'],
    ['a well-known 5-year-old', 'a well-known five year-old'],
    ['the 21st, 3rd and 1,000th', 'the twenty first, third and one thousandth'],
    ['10–20, 5-7', 'ten to twenty, five to seven'],
    ['version 2.0.1 at 192.168.0.1', 'version two point zero point one at one hundred ninety two dot one hundred sixty eight dot zero dot one'],
    ['a ratio of 3:1', 'a ratio of three to one'],
    ['A380, F-16, 1080p, H2O, B2B', 'A three eighty, F sixteen, ten eighty p, H two O, B two B'],
    ['2 + 2 = 4, 5 - 3, 3 × 4', 'two plus two equals four, five minus three, three times four'],
  ]],
  ['years', [
    ['In 1987', 'In nineteen eighty seven'],
    ['by 2010', 'by twenty ten'],
    ['2005', 'two thousand five'],
    ['1905 and 1900', 'nineteen oh five and nineteen hundred'],
    ['in 1066', 'in ten sixty six'],
    ["the 1990s and the '80s", 'the nineteen nineties and the eighties'],
    ['1939-45', 'nineteen thirty nine to forty five'],
    ['1904–05', 'nineteen oh four to oh five'],
    ['1500 m', 'one thousand five hundred meters'],
    ['4134 Mountain Ave.', 'forty one thirty four Mountain avenue.'],
  ]],
  ['fractions', [
    ['1/2 cup', 'half a cup'],
    ['3/4 tsp. of salt', 'three quarters of a teaspoon of salt'],
    ['2 1/2 cups', 'two and a half cups'],
    ['1/3 of it', 'one third of it'],
    ['½ and 3½', 'one half and three and a half'],
    ['24/7 and 9/11', 'twenty four seven and nine eleven'],
  ]],
  ['money', [
    ['$45.50', 'forty five dollars and fifty cents'],
    ['$45.00, $1, $1.01', 'forty five dollars, one dollar, one dollar and one cent'],
    ['£0.99', 'ninety nine pence'],
    ['£20, €25, or ¥3,000', 'twenty pounds, twenty five euros, or three thousand yen'],
    ['$3.5 million', 'three point five million dollars'],
    ['€1.2bn', 'one point two billion euros'],
    ['US$5-10 million', 'five to ten million dollars'],
    ['20 €, 50¢', 'twenty euros, fifty cents'],
    ['-$4', 'minus four dollars'],
  ]],
  ['units', [
    ['-14°C, 7°F', 'minus fourteen degrees Celsius, seven degrees Fahrenheit'],
    ['180 lbs. ran 10 km', 'one hundred eighty pounds ran ten kilometers'],
    ['1 lb, 2 oz., 60 mph', 'one pound, two ounces, sixty miles per hour'],
    ['a 10-km run', 'a ten kilometer run'],
    [`A 5'10" man`, 'A five foot ten man'],
    ['12% of 100 m²', 'twelve percent of one hundred square meters'],
    ['It weighs 3 kg.', 'It weighs three kilograms.'],
    [`6' tall and 5" wide`, 'six feet tall and five inches wide'],
    ['in 9.58 s, the 4x100', 'in nine point five eight seconds, the four by one hundred'],
  ]],
  ['dates and times', [
    ['May 4th, 2023', 'May fourth, twenty twenty three'],
    ['May 4, 2023', 'May fourth, twenty twenty three'],
    ['4 May', 'the fourth of May'],
    ['2023-05-04', 'May fourth twenty twenty three'],
    ['5/4/2023', 'May fourth twenty twenty three'],
    ['paid on 3/15', 'paid on March fifteenth'],
    ['Mon–Fri', 'Monday to Friday'],
    ['25/12/1999', 'December twenty fifth nineteen ninety nine'],
    ['7:30 p.m.', 'seven thirty PM.'],
    ['At 7 p.m. we left', 'At seven PM we left'],
    ['It was 5pm. Meet me.', 'It was five PM. Meet me.'],
    ['10:05 a.m. to 12:00', "ten oh five AM to twelve o'clock"],
    ['9am-5pm', 'nine AM to five PM'],
    ['in 42:15', 'in forty two minutes and fifteen seconds'],
    ['1:02:03', 'one hour two minutes and three seconds'],
    ['Psalm 119:105', 'Psalm one hundred nineteen one hundred five'],
    ['24:00 and 23:59', 'twenty four minutes and twenty three fifty nine'],
  ]],
  ['telephone numbers', [
    ['555-0142', 'five five five, zero one four two'],
    ['0800 123 456', 'zero eight zero zero, one two three, four five six'],
    ['(212) 555-0142', 'two one two, five five five, zero one four two'],
    ['+44 20 7946 0018', 'plus four four, two zero, seven nine four six, zero zero one eight'],
  ]],
  ['abbreviations', [
    ['Dr. Smith, Mr. Lee and Prof. Ng', 'Doctor Smith, Mister Lee and Professor Ng'],
    ['221 Baker St. and', 'two hundred twenty one Baker Street and'],
    ['Visit St. Paul on Baker St. The end.', 'Visit Saint Paul on Baker Street. The end.'],
    ['St. Louis', 'Saint Louis'],
    ['on Maple Dr. near Mt. Hood', 'on Maple Drive near Mount Hood'],
    ['vs. them, etc.', 'versus them, et cetera.'],
    ['i.e. this, e.g. that', 'that is this, for example that'],
    ['No. 5, Fig. 3, pp. 5-7', 'number five, figure three, pages five to seven'],
    ['No. I said no.', 'No. I said no.'],
    ['The U.S. GDP. In the U.S.', 'The US GDP. In the US.'],
    ['J. R. R. Tolkien. So did I. Then', 'J R R Tolkien. So did I. Then'],
    ['ext. 9', 'extension nine'],
    ['Jan. 5', 'January fifth'],
    ['of 45 W. 23rd St., N.Y.', 'of forty five West twenty third Street, NY.'],
    ['vol. IV, vol. 2', 'volume four, volume two'],
    ['w/ milk, w/o sugar', 'with milk, without sugar'],
  ]],
  ['Roman numerals', [
    ['chapter IV', 'chapter four'],
    ['Louis XIV and Henry VIII', 'Louis the fourteenth and Henry the eighth'],
    ['World War II, Rocky III', 'World War two, Rocky three'],
    ['Malcolm X, vitamin C, I am', 'Malcolm X, vitamin C, I am'],
    ['George V', 'George the fifth'],
  ]],
  ['links', [
    ['example.org/help', 'example dot org slash help'],
    ['support@example.org.', 'support at example dot org.'],
    ['https://www.example.com/a', 'WWW dot example dot com slash a'],
    ['the end.The next', 'the end.The next'],
    ['README.md in alt.flame', 'README dot md in alt dot flame'],
  ]],
  ['signs', [
    ['AT&T, C++, C#, #1', 'AT and T, C plus plus, C sharp, number one'],
    ['and/or', 'and or'],
    ['α-particles and π', 'alpha particles and pi'],
    ['&amp; stays', 'and amp; stays'],
    ['"Wait," she said—"is it?"', '“Wait,” she said—“is it?”'],
    ["'Hi,' he said. ‘Curly.’", '“Hi,” he said. “Curly.”'],
    ["rock 'n' roll, 'tis, the boys' room", "rock 'n' roll, 'tis, the boys' room"],
    ['Well -- yes - no', 'Well — yes — no'],
    ['No!!!! What?! Hm.....', 'No!!! What?! Hm...'],
    ['[note] {x}', '(note) (x)'],
  ]],
  ['spelling', [
    ['ﬁne ＡＢＣ', 'fine ABC'],
    ['cafe\u0301', 'café'],
    ['a\u0000b\u200bc', 'abc'],
    ['Z\u0334\u0335\u0336algo', 'Zalgo'],
    ['soft\u00adhyphen', 'softhyphen'],
  ]],
])('%s', (_, cases) => {
  it.each(cases)('%s → %s', (text, said) => expect(us(text)).toBe(said))
}) // prettier-ignore

describe('British English', () => {
  it.each([
    ['221', 'two hundred and twenty one'],
    ['5/4/2023', 'the fifth of April twenty twenty three'],
    ['May 4', 'May the fourth'],
    ['10 km and 3 litres', 'ten kilometres and three litres'],
    ['10 L', 'ten litres'],
  ])('%s → %s', (text, said) => expect(gb(text)).toBe(said))
})

describe('what is not spoken', () => {
  it.each([
    ['Hello 你好 world', 'Hello world', [{ from: 6, to: 8, reason: 'script' }]],
    [
      'Привет мир!',
      '!',
      [
        { from: 0, to: 6, reason: 'script' },
        { from: 7, to: 10, reason: 'script' },
      ],
    ],
    ['שלום', '', [{ from: 0, to: 4, reason: 'script' }]],
    ['Hi 👍🏽!', 'Hi !', [{ from: 3, to: 7, reason: 'emoji' }]],
    ['a\u0001\u0002b', 'ab', [{ from: 1, to: 3, reason: 'control' }]],
  ])('%s', (text, said, skipped) => {
    const result = normalise(text, { lang: 'en-us' })
    expect(result.text).toBe(said)
    expect(result.skipped).toEqual(skipped)
  })

  it('reads a word of the longest length whole, and skips what goes beyond', () => {
    expect(normalise('a'.repeat(WORD_LIMIT), { lang: 'en-us' }).skipped).toEqual([])
    const longer = normalise('a'.repeat(WORD_LIMIT + 1), { lang: 'en-us' })
    expect(longer.units.map(unit => unit.text)).toEqual(['a'.repeat(WORD_LIMIT)])
    expect(longer.skipped).toEqual([{ from: WORD_LIMIT, to: WORD_LIMIT + 1, reason: 'too-long' }])
  })

  it('reads a number of the longest length whole, and skips what goes beyond', () => {
    const whole = normalise('7'.repeat(DIGIT_LIMIT), { lang: 'en-us' })
    expect(whole.units).toHaveLength(DIGIT_LIMIT)
    expect(whole.skipped).toEqual([])
    const longer = normalise('7'.repeat(DIGIT_LIMIT + 1), { lang: 'en-us' })
    expect(longer.units).toHaveLength(DIGIT_LIMIT)
    expect(longer.skipped).toEqual([{ from: DIGIT_LIMIT, to: DIGIT_LIMIT + 1, reason: 'too-long' }])
  })

  it.each([
    'a',
    'A',
    '1',
    'a.',
    'A.',
    "a'",
    '-',
    '.',
    '\u0301',
    'e\u0301',
    '你',
    '😀',
    '\u0000',
    '1/',
    '(1',
    '$',
    'a@',
  ])('goes through a hundred thousand of %j', piece => {
    const text = piece.repeat(100_000)
    const { units } = normalise(text, { lang: 'en-us' })
    for (const unit of units) expect(unit.to).toBeLessThanOrEqual(text.length)
  })
})

describe('offsets', () => {
  it('gives every spoken word of a price the same stretch', () => {
    const { units } = normalise('It cost $45.50 then', { lang: 'en-us' })
    expect(units.filter(unit => unit.from === 8 && unit.to === 14).map(unit => unit.text)).toEqual([
      'forty', 'five', 'dollars', 'and', 'fifty', 'cents',
    ]) // prettier-ignore
  })

  it('takes combining marks and folded letters along', () => {
    const text = 'un cafe\u0301 ﬁn'
    const { units } = normalise(text, { lang: 'en-us' })
    expect(units.map(unit => text.slice(unit.from, unit.to))).toEqual(['un', 'cafe\u0301', 'ﬁn'])
  })
})
