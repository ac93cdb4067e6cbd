import { CITIES } from '../conformance/transcribe.ts'

/** What is said in the recordings of people. Of the last two it stands nowhere: it is what other recognisers hear, too. */
export const READ_ALOUD = {
  beckett: 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.',
  cities: CITIES,
  stage:
    'Do you hear me? Yes. Do you hear me? Yes. We laugh less heartily so we have still that resource. Laugh less heartily ' +
    'so we have still that resource. No, not heartily, just less heartily. Ah, that’s a good story. Ah, that’s a good ' +
    'story. What are you talking about? Laugh it. You thought you were in pain. Not now. Do you remember the day I went ' +
    'and fetched you from that ditch? No.',
  sentence: 'I do. I think that America do it very well.',
} as const
