import type { Lang } from '#protocol/speech.ts'

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** The small words of a language that tell whether somebody is done. All lower case. */
export interface SmallWords {
  /** Sounds of somebody who is still thinking. */
  readonly fillers: ReadonlySet<string>
  /** Conjunctions, articles, possessives, subjects: something must follow. */
  readonly linking: ReadonlySet<string>
  /** Something follows them, but for a question: "Where are you from?" */
  readonly prepositions: ReadonlySet<string>
  /** A listener says them to be polite, not to speak. */
  readonly listening: ReadonlySet<string>
  /** One of them is enough to be meant. */
  readonly stopping: ReadonlySet<string>
  /** A question begins with one. */
  readonly asking: ReadonlySet<string>
  /** Endings after which something must follow, where words are not parted by spaces. */
  readonly open?: RegExp
}

// Left out on purpose: words that end a request as often as they join, such as "on" ("turn it on") and "aus".
const KNOWN: Readonly<Record<string, SmallWords>> = {
  en: {
    fillers: words('um umm uh uhm er erm ah hm hmm mm'),
    linking: words(
      "and or nor but so because if when while although though unless until whether than that which who whose the a an my your his its our their i we i'm we're they're it's there's let's every to",
    ),
    prepositions: words('of at for with from by into onto between during without toward towards against among per via'),
    listening: words('mhm mm hm hmm uh-huh uh huh yeah yes yep ok okay right sure aha ah oh wow really'),
    stopping: words('stop wait no hold enough quiet pause cancel'),
    asking: words('what where who whom which whose when why how'),
  },
  de: {
    fillers: words('äh ähm öh öhm hm hmm mh'),
    linking: words(
      'und oder aber sondern weil wenn dass ob denn als damit obwohl während bevor nachdem der den dem des eine einen einem einer mein meine meinen dein deine sein seine unser unsere euer ich wir',
    ),
    prepositions: words('von mit für bei durch gegen ohne zwischen wegen seit vom zum zur beim ins im am'),
    listening: words('mhm hm hmm ja jap okay ok genau aha ah oh achso klar stimmt wirklich'),
    stopping: words('stopp stop warte halt nein moment ruhe'),
    asking: words('was wo wer wen wem wessen wann warum wie woher wohin welche welcher welches'),
  },
  es: {
    fillers: words('eh em este mmm'),
    linking: words('y e o u pero porque si que cuando aunque mientras el los las un una unos unas mi tu su nuestro yo'),
    prepositions: words('de a en con por sin sobre entre hasta desde del al'),
    listening: words('ajá mhm sí vale claro ya ok bueno ah oh'),
    stopping: words('para espera alto no basta cállate'),
    asking: words('qué dónde quién cuándo cómo cuál cuánto'),
  },
  fr: {
    fillers: words('euh heu hum ben'),
    linking: words(
      'et ou mais parce que si quand le la les un une des mon ma mes ton ta tes son sa ses notre votre leur je',
    ),
    prepositions: words('de du à au aux en dans avec pour par sans entre vers'),
    listening: words('mhm oui ouais ok daccord ah oh bien voilà'),
    stopping: words('stop arrête arrêtez attends attendez non'),
    asking: words('que quoi où qui quand comment pourquoi quel quelle combien'),
  },
  it: {
    fillers: words('ehm mmm eh'),
    linking: words('e ed o ma perché se che quando mentre il lo i gli le un uno una mio mia tuo tua suo sua io'),
    prepositions: words('di a da in con per tra fra del della dello nel nella al alla'),
    listening: words('mhm sì ok certo già ah oh bene'),
    stopping: words('ferma fermo aspetta no basta'),
    asking: words('cosa dove chi quando come quale quanto'),
  },
  pt: {
    fillers: words('hum eh ahn'),
    linking: words('e ou mas porque se que quando enquanto o os as um uma meu minha teu tua seu sua eu'),
    prepositions: words('de em com por sem entre até do da dos das na ao'),
    listening: words('mhm sim ok claro certo pois ah oh'),
    stopping: words('para espera pare chega não'),
    asking: words('que onde quem quando como qual quanto'),
  },
  ja: {
    fillers: words(''),
    linking: words(''),
    prepositions: words(''),
    listening: words('はい うん ええ'),
    stopping: words('待って ストップ やめて'),
    asking: words(''),
    open: /(?:[はがをにのとで]|けど|から|ので|えーと|えっと|あの)$/u,
  },
}

const NONE: SmallWords = {
  fillers: words(''),
  linking: words(''),
  prepositions: words(''),
  listening: words(''),
  stopping: words(''),
  asking: words(''),
}

/** The small words of `lang`; none where the language is not known, so that nothing is held back for them. */
export const smallWords = (lang: Lang): SmallWords => KNOWN[lang.toLowerCase().split(/[-_]/, 1)[0] ?? ''] ?? NONE
