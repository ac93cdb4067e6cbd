import type { Lang } from '#protocol/speech.ts'

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** Stand before a name, so a sentence never ends with one. */
const TITLES: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words(
    'mr mrs ms mx dr prof rev hon gen brig col maj capt cpt lt sgt cpl pvt adm cmdr cdr gov sen rep pres supt insp messrs mme mlle mgr fr br',
  ),
  es: words('sr sra srta dr dra prof d dña lic ing arq gral ud uds'),
  fr: words('m mm mme mlle mlles dr pr me mgr'),
  de: words('hr fr dr prof ing dipl'),
  it: words('sig sigra dott prof ing avv on geom'),
  pt: words('sr sra srta dr dra prof eng exmo'),
}

/** Never end a sentence, whatever follows. */
const NEVER: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words('e.g i.e viz cf vs approx ca c.f eg ie esp'),
  es: words('p.ej ej vs aprox'),
  fr: words('p.ex ex cf env'),
  de: words('z.b d.h u.a bzw vgl ca inkl evtl ggf sog'),
  it: words('es cfr ca p.es'),
  pt: words('p.ex ex cf aprox'),
}

/** End a sentence only where a word follows that likes to begin one. */
const USUALLY_INNER: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words(
    'inc ltd co corp llc bros jr sr st ste ave blvd rd mt ft dept univ est assn gov al jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri ph.d',
  ),
  es: words('av avda c cía núm dpto tel ene feb abr jun jul ago sept oct nov dic'),
  fr: words('av bd st ste janv févr avr juil sept oct nov déc'),
  de: words('str jan feb apr aug sept okt nov dez gmbh'),
  it: words('gen feb mar apr giu lug ago set ott nov dic'),
  pt: words('av jan fev abr jun jul ago set out nov dez'),
}

/** Stand before a number: "No. 5", "Vol. III". */
const BEFORE_NUMBER: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words('no nos vol vols ch chap fig figs p pp sec sect eq eqs art op ex par para pt bk ser tab'),
  es: words('n núm pág págs vol cap fig art'),
  fr: words('n no p pp vol chap fig art'),
  de: words('nr bd s kap abb art abs'),
  it: words('n pag pagg vol cap fig art'),
  pt: words('n pág págs vol cap fig art'),
}

/** Words that begin sentences and hardly ever follow an abbreviation within one. */
const STARTERS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words(
    'the a an he she it they we you i this that these those there then but and or so if when while after before in on at as for from with his her their its our my your what who why how where not no yes all some most many however although because since meanwhile now later once today perhaps',
  ),
  es: words('el la los las un una él ella ellos esto eso pero y si cuando en no sí'),
  fr: words('le la les un une il elle ils elles ce cela mais et si quand dans on je nous vous'),
  de: words('der die das ein eine er sie es wir ich aber und wenn als dann'),
  it: words('il lo la i gli le un una egli lei ma e se quando non'),
  pt: words('o a os as um uma ele ela eles mas e se quando não'),
}

/** Nouns that a single letter follows and ends: "Plan B.", "vitamin C." */
export const LETTERED: ReadonlySet<string> = words(
  'plan vitamin option type class grade group exhibit appendix part point team hepatitis section level route unit gate platform block side wing question answer item',
)

/** What follows "5 p.m." inside a sentence although it is written large. */
export const AFTER_CLOCK: ReadonlySet<string> = words(
  'monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun est edt cst cdt mst mdt pst pdt gmt utc bst cet eastern central mountain pacific',
)

/** Languages that write ordinals as "3.". */
const ORDINAL_DOT: ReadonlySet<string> = words('de da nb nn no fi is cs sk pl hu et lv sl hr tr')

export interface LanguageRules {
  readonly titles: ReadonlySet<string>
  readonly never: ReadonlySet<string>
  readonly usuallyInner: ReadonlySet<string>
  readonly beforeNumber: ReadonlySet<string>
  readonly starters: ReadonlySet<string>
  readonly ordinalDot: boolean
}

const known = new Map<string, LanguageRules>()

/** Rules for a language; those of English where there are none of its own. All words lower case, without their last dot. */
export function rulesFor(lang: Lang): LanguageRules {
  const base = lang.toLowerCase().split(/[-_]/, 1)[0] ?? 'en'
  const held = known.get(base)
  if (held) return held
  const key = base in TITLES ? base : 'en'
  const pick = (table: Readonly<Record<string, ReadonlySet<string>>>) => table[key] ?? words('')
  const rules: LanguageRules = {
    titles: pick(TITLES),
    never: pick(NEVER),
    usuallyInner: pick(USUALLY_INNER),
    beforeNumber: pick(BEFORE_NUMBER),
    starters: pick(STARTERS),
    ordinalDot: ORDINAL_DOT.has(base),
  }
  known.set(base, rules)
  return rules
}
