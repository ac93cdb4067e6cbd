/** Three lengths: about 3, 7 and 16 seconds of speech. */
export const LENGTHS = {
  '3 s': 'Hello there, this is a small test of the voice.',
  '7 s':
    'The fishermen were already loading their nets, and the old captain told them that the weather would hold until the evening.',
  '16 s':
    'When the sun finally rose over the quiet harbor, the fishermen were already loading their nets, and the old captain, who had seen more storms than anyone else in the village, told them that the weather would hold until the evening, so they should leave at once and stay together near the coast.',
} as const

/** 120 words whose first sentence has no clause to stop at early. */
export const PARAGRAPH =
  'The lighthouse keeper had watched the bay for nearly forty years before the first of the great grain ships was lost on the northern reef in a calm sea under a clear sky. Nobody could say afterwards why it had turned so sharply towards the rocks. Some blamed the compass, others blamed the pilot, and a few old women in the market blamed the bell that had rung twice that night with nobody at the rope. The keeper said nothing at all. He wrote the hour in his book, trimmed the lamp, and went down the long stairs to put the kettle on, because in his experience the people who came up the path after a wreck were always cold.'

/** What a listener trips over: numbers, names, abbreviations, dates, questions. None was used to tune a pronunciation. */
export const SPOKEN: readonly string[] = [
  'The ferry leaves at 6:45 a.m. and arrives at noon.',
  'Her rent went up from $1,250 to $1,400 a month.',
  'Prof. Whitaker and Mrs. Delgado shared the prize.',
  'The library was founded on March 3rd, 1892.',
  'Did you remember to lock the back door?',
  'About 35% of the voters stayed at home.',
  'Turn left on Main St. and park behind the church.',
  'The recipe needs 2.5 cups of flour.',
  'Who told you that the meeting was cancelled?',
  'Flight 482 to Chicago is delayed by 20 minutes.',
  'The engine weighs 310 kg without oil.',
  'Margaret and Benjamin moved to Philadelphia in 2004.',
  'Call me back at 9 p.m. if you can.',
  'The 21st chapter is the longest in the book.',
  'Is it true that whales sleep standing up?',
  'The bridge is 1,280 meters long.',
  'He finished second in a field of 64 players.',
  'The U.S. team won by three points.',
  'Water boils at 100 degrees at sea level.',
  'What would you do with a million dollars?',
  'The painting was sold for £4,500 last week.',
  'Please send the form to Mr. Kowalski by Friday.',
  'The storm reached the coast at about 3:15 in the morning.',
  'She was born on the 9th of August, 1961.',
  'How many people live on the island?',
  'The old mill closed in the 1970s.',
  'Dr. Osborne will see you now.',
  'Only 1/3 of the seats were taken.',
  'The second edition costs 12 euros more.',
  'Where did you put the scissors?',
  'The train from Edinburgh stops at platform 7.',
  'Between 1914 and 1918 the factory made no toys.',
  'It took them 48 hours to cross the desert.',
  'The company hired 115 engineers in one year.',
  'Have you ever been to New Zealand?',
  'The temperature fell to 5 degrees below zero.',
  'Charlotte read the letter twice and then burned it.',
  'The population grew by 2.4% in ten years.',
  'Room 309 is at the end of the corridor.',
  'Could you speak a little more slowly?',
  'The concert begins at half past eight.',
  'They sailed around the world in 72 days.',
  'The museum is open daily, except on Mondays.',
  'Nathaniel wound the clock and went to bed.',
  'Why is the sky blue and not violet?',
  'The tower was rebuilt after the fire of 1666.',
  'A dozen eggs now cost $3.99.',
  'The judge asked the jury to leave the room.',
  'My grandmother kept bees for over 50 years.',
  'Shall we take the stairs or the elevator?',
]
