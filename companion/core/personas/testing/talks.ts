/** What the user says in one turn, and the names of the entries that the model must be told with it: those, and no others. */
export type ScriptedTurn = readonly [said: string, ...lore: string[]]

const FIRE = ['The lighthouse', 'The night train', 'The midnight market']

/** Ten turns with each included persona. What a greeting speaks of calls lore up, too. */
export const TALKS: Readonly<Record<string, readonly ScriptedTurn[]>> = {
  'included:nora': [
    ['Hello, I have worked the whole day.'],
    ['I work in an office.'],
    ['Can we play that I am in a restaurant?', 'Role play'],
    ['A table for two, please.', 'Role play'],
    ['No, we have no reservation.', 'Role play'],
    ['How do you say this word, comfortable?', 'Role play', 'Pronunciation'],
    ['Comfortable. A comfortable chair.', 'Role play', 'Pronunciation'],
    ['My exam is in June.', 'Role play', 'Exams'],
    ['I am a little nervous.', 'Exams'],
    ['Thank you, that was all.'],
  ],
  'included:marcus': [
    ['It is a job in a library.'],
    ['I ran a small team there.'],
    ['Interviews make me nervous.', 'Nerves'],
    ['I breathe, yes.', 'Nerves'],
    ['My weakness is that I talk too long.', 'Weaknesses'],
    ['Then I stop and count.', 'Weaknesses'],
    ['What do I say about salary?', 'Pay'],
    ['Forty thousand.', 'Pay'],
    ['Do they want me to ask them something?', 'Their own questions'],
    ['Then I know what to do.', 'Their own questions'],
  ],
  'included:fable': [
    ['In the lighthouse.', ...FIRE],
    ['I climb the stairs.', ...FIRE],
    ['I knock at the door.', ...FIRE],
    ['Nobody answers, so I go in.', ...FIRE],
    ['I read the letter on the table.'],
    ['I ask the keeper about it.', 'The lighthouse'],
    ['I run to the station.', 'The lighthouse'],
    ['I get on the train.', 'The lighthouse', 'The night train'],
    ['I speak to the conductor.', 'The lighthouse', 'The night train'],
    ['I tell the truth.', 'The night train'],
  ],
  'included:ada': [
    ['What is a database?'],
    ['I know tables on paper.'],
    ['Why is my program slow?', 'Code'],
    ['It reads a long list.', 'Code'],
    ['Now it shows an error.', 'Something is broken'],
    ['I changed one line.', 'Something is broken'],
    ['Yes, that was it.'],
    ['They want my password in a mail.', 'Security'],
    ['No, I did not click.', 'Security'],
    ['Good, thank you.'],
  ],
  'included:wren': [
    ['I do not know where to begin.'],
    ['My mother died in spring.', 'Loss'],
    ['Her name was Ruth.', 'Loss'],
    ['The house is so quiet.', 'Loss'],
    ['I cannot sleep there.', 'Sleep'],
    ['My sister wants to sell it.', 'Sleep'],
    ['I have to decide by Monday.', 'Sleep', 'Decisions'],
    ['I do not want to.', 'Decisions'],
    ['Some days I think of suicide.', 'Decisions', 'Danger'],
    ['No, I am safe.', 'Danger'],
  ],
}

/** The reply that is broken into, at which word, and what the model is told of it later. */
export const BROKEN = {
  turn: 3,
  reply: 'Look at it this way, my friend.',
  word: 'this',
  heard: 'Look at it this',
  told: 'Look at it this…',
} as const

/** What is answered in a turn, whoever answers: short, and free of every word that calls lore up. */
export const replyTo = (turn: number): string =>
  turn === BROKEN.turn ? BROKEN.reply : turn % 2 === 0 ? 'I see.' : 'And then?'
