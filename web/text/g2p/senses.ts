import type { Senses } from './lexicon.ts'

/** Readings that the lists lack, American; `heteronyms.ts` chooses among them by name. */
export const EXTRA_SENSES: Readonly<Record<string, Senses>> = {
  lead: { METAL: 'lˈɛd' },
  does: { DEER: 'dˈOz' },
  row: { QUARREL: 'ɹˈW' },
  sewer: { PERSON: 'sˈOəɹ' },
  resume: { NOUN: 'ɹˈɛzəmˌA' },
  blessed: { ADJ: 'blˈɛsɪd' },
  aged: { ADJ: 'ˈAʤɪd' },
  bases: { BASE: 'bˈAsᵻz' },
  nice: { CITY: 'nˈis' },
  reading: { CITY: 'ɹˈɛdɪŋ' },
  mobile: { CITY: 'mObˈil' },
  putting: { GOLF: 'pˈʌɾɪŋ' },
  intern: { VERB: 'ɪntˈɜɹn' },
  compact: { ADJ: 'kəmpˈækt' },
  frequent: { VERB: 'fɹikwˈɛnt' },
  transfer: { VERB: 'tɹænsfˈɜɹ' },
  transfers: { VERB: 'tɹænsfˈɜɹz' },
  beloved: { ADJ: 'bəlˈʌvɪd' },
}
