/**
 * Words that the lists lack and the speller gets wrong: products and formats, given names, units, and words read out of
 * signs. American phonemes in the lists' alphabet; the British accent is made of them by rule. A key in lower case also
 * serves capitalised and upper-case spellings.
 */
export const TERMS: Readonly<Record<string, string>> = {
  // Units and signs
  kilometer: 'kəlˈɑməɾəɹ', kilometers: 'kəlˈɑməɾəɹz', hertz: 'hˈɜɹts', megahertz: 'mˈɛɡəhˌɜɹts', gigahertz: 'ɡˈɪɡəhˌɜɹts',
  kilohertz: 'kˈɪləhˌɜɹts', hashtag: 'hˈæʃtˌæɡ', bitcoin: 'bˈɪtkˌYn', teaspoon: 'tˈispˌun', tablespoon: 'tˈAbᵊlspˌun',
  zeroth: 'zˈɪɹOθ', emoji: 'imˈOʤi',
  // Titles
  Missis: 'mˈɪsɪz', Miz: 'mˈɪz', Messers: 'mˈɛsəɹz',
  // Software
  Kubernetes: 'kˌubəɹnˈɛɾiz', JSON: 'ʤˈAsᵊn', json: 'ʤˈAsᵊn', YAML: 'jˈæməl', PostgreSQL: 'pˈOstɡɹɛs kjˌuˈɛl', MySQL: 'mˌI ˌɛskjˌuˈɛl',
  SQLite: 'ˌɛskjˌuˈɛl lˈIt', GUI: 'ɡˈui', GUIs: 'ɡˈuiz', macOS: 'mˌækˌOˈɛs', GitHub: 'ɡˈɪthˌʌb', GitLab: 'ɡˈɪtlˌæb',
  WiFi: 'wˈI fˌI', wifi: 'wˈI fˌI', 'Wi-Fi': 'wˈI fˌI', 'wi-fi': 'wˈI fˌI', Linux: 'lˈɪnəks', Ubuntu: 'ʊbˈʊntu', Nginx: 'ˌɛnʤɪnˈɛks',
  nginx: 'ˌɛnʤɪnˈɛks', npm: 'ˌɛnpˌiˈɛm', LaTeX: 'lˈAtˌɛk', PyPI: 'pˌIpˌiˈI', numpy: 'nˈʌmpˌI', NumPy: 'nˈʌmpˌI', async: 'ˈAsɪŋk', sudo: 'sˈudu',
  Redis: 'ɹˈɛdɪs', Debian: 'dˈɛbiən', Kokoro: 'kˈOkəɹˌO', Voxloom: 'vˈɑkslˌum', PNG: 'pˌiˌɛnʤˈi', JPEG: 'ʤˈApˌɛɡ', JPEGs: 'ʤˈApˌɛɡz', GIF: 'ɡˈɪf',
  ASCII: 'ˈæski', RAM: 'ɹˈæm', ROM: 'ɹˈɑm', SaaS: 'sˈæs', OAuth: 'ˈOˌɔθ', VoIP: 'vˈYp', LAN: 'lˈæn', CAPTCHA: 'kˈæpʧə', iPhone: 'ˈIfˌOn',
  iPhones: 'ˈIfˌOnz', iPad: 'ˈIpˌæd', eBay: 'ˈibˌA', YouTube: 'jˈutˌub', PayPal: 'pˈApˌæl', OpenAI: 'ˌOpən ˌAˈI', SQL: 'sˈikwəl',
  // Abbreviations said as words
  POTUS: 'pˈOɾəs', SCOTUS: 'skˈOɾəs', FEMA: 'fˈimə', NAFTA: 'nˈæftə', HIPAA: 'hˈɪpə', FIFA: 'fˈifə', UEFA: 'juˈAfə', SIM: 'sˈɪm', PIN: 'pˈɪn',
  ZIP: 'zˈɪp', SWAT: 'swˈɑt', AWOL: 'ˈAwˌɔl',
  // Sounds
  shh: 'ʃ', brr: 'bɹ', argh: 'ˈɑɹɡ', psst: 'pst', pfft: 'pft', ugh: 'ˈʌɡ', meh: 'mˈɛ',
  PhD: 'pˌiˌAʧdˈi', PhDs: 'pˌiˌAʧdˈiz', omg: 'ˌOˌɛmʤˈi', thx: 'θˈæŋks', Doctors: 'dˈɑktəɹz',
  // Names
  Marie: 'məɹˈi', déjà: 'dˌAʒˈɑ', deja: 'dˌAʒˈɑ',
  Reagan: 'ɹˈAɡən', Linus: 'lˈInəs', Torvalds: 'tˈɔɹvɔldz', Giuseppe: 'ʤuzˈɛpi', Cervantes: 'səɹvˈæntiz', gzip: 'ʤˈizˌɪp', zlib: 'zˈilˌɪb', Keats: 'kˈits',
  Nguyen: 'nˈujɛn', Siobhan: 'ʃɪvˈɔn', Thierry: 'tiˈɛɹi', Saoirse: 'sˈɪɹʃə', Niamh: 'nˈiəv', Sean: 'ʃˈɔn', Alvarez: 'ˈælvəɹˌɛz', Jürgen: 'jˈɜɹɡən',
  Winnipesaukee: 'wˌɪnəpəsˈɔki', Schwarzenegger: 'ʃwˈɔɹtsənˌɛɡəɹ', Tolkien: 'tˈOlkˌin', Hermione: 'hɜɹmˈIəni',
  Versailles: 'vəɹsˈI', Hogwarts: 'hˈɔɡwˌɔɹts', jalapeño: 'hˌɑləpˈAnjO', jalapeños: 'hˌɑləpˈAnjOz', résumé: 'ɹˈɛzəmˌA',
  résumés: 'ɹˈɛzəmˌAz', rosé: 'ɹOzˈA', exposé: 'ˌɛkspOzˈA', pâté: 'pɑtˈA', crème: 'kɹˈɛm', brûlée: 'bɹulˈA', café: 'kæfˈA', cafés: 'kæfˈAz',
  "o'": 'ə', et: 'ɛt', cetera: 'sˈɛɾəɹə',
} // prettier-ignore

/** Where the rule from American phonemes would go wrong. */
export const BRITISH_TERMS: Readonly<Record<string, string>> = {
  kilometre: 'kˈɪləmˌiːtə', kilometres: 'kˈɪləmˌiːtəz', metre: 'mˈiːtə', metres: 'mˈiːtəz', litre: 'lˈiːtə', litres: 'lˈiːtəz',
  centimetre: 'sˈɛntɪmˌiːtə', centimetres: 'sˈɛntɪmˌiːtəz', millimetre: 'mˈɪlɪmˌiːtə', millimetres: 'mˈɪlɪmˌiːtəz',
  Kubernetes: 'kˌuːbənˈɛtiːz', café: 'kˈafA', cafés: 'kˈafAz', Thierry: 'tɪˈɛɹi', Schwarzenegger: 'ʃwˈɔːtsənˌɛɡə',
  zeroth: 'zˈɪəɹQθ', Redis: 'ɹˈɛdɪs', crème: 'kɹˈɛm',
} // prettier-ignore
