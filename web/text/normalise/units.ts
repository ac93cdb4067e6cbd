/** What stands after a number: written form → one, many. Matched with case, longest first. */
const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  km: ['kilometer', 'kilometers'], m: ['meter', 'meters'], cm: ['centimeter', 'centimeters'],
  mm: ['millimeter', 'millimeters'], nm: ['nanometer', 'nanometers'], 'µm': ['micrometer', 'micrometers'],
  mi: ['mile', 'miles'], ft: ['foot', 'feet'], yd: ['yard', 'yards'], yds: ['yard', 'yards'], 'in.': ['inch', 'inches'],
  kg: ['kilogram', 'kilograms'], g: ['gram', 'grams'], mg: ['milligram', 'milligrams'], lb: ['pound', 'pounds'],
  lbs: ['pound', 'pounds'], oz: ['ounce', 'ounces'], tsp: ['teaspoon', 'teaspoons'], tbsp: ['tablespoon', 'tablespoons'],
  Tbsp: ['tablespoon', 'tablespoons'], qt: ['quart', 'quarts'], pt: ['pint', 'pints'], gal: ['gallon', 'gallons'],
  l: ['liter', 'liters'], L: ['liter', 'liters'], ml: ['milliliter', 'milliliters'], mL: ['milliliter', 'milliliters'],
  hr: ['hour', 'hours'], hrs: ['hour', 'hours'], min: ['minute', 'minutes'], mins: ['minute', 'minutes'],
  sec: ['second', 'seconds'], secs: ['second', 'seconds'], s: ['second', 'seconds'], ms: ['millisecond', 'milliseconds'],
  mph: ['mile per hour', 'miles per hour'], kph: ['kilometer per hour', 'kilometers per hour'],
  'km/h': ['kilometer per hour', 'kilometers per hour'], 'm/s': ['meter per second', 'meters per second'],
  Hz: ['hertz', 'hertz'], kHz: ['kilohertz', 'kilohertz'], MHz: ['megahertz', 'megahertz'], GHz: ['gigahertz', 'gigahertz'],
  kB: ['kilobyte', 'kilobytes'], KB: ['kilobyte', 'kilobytes'], MB: ['megabyte', 'megabytes'], GB: ['gigabyte', 'gigabytes'],
  TB: ['terabyte', 'terabytes'], kbps: ['kilobit per second', 'kilobits per second'],
  Mbps: ['megabit per second', 'megabits per second'], Gbps: ['gigabit per second', 'gigabits per second'],
  W: ['watt', 'watts'], kW: ['kilowatt', 'kilowatts'], MW: ['megawatt', 'megawatts'], GW: ['gigawatt', 'gigawatts'],
  kWh: ['kilowatt hour', 'kilowatt hours'], V: ['volt', 'volts'], mA: ['milliamp', 'milliamps'], dB: ['decibel', 'decibels'],
  'm²': ['square meter', 'square meters'], 'km²': ['square kilometer', 'square kilometers'],
  'm³': ['cubic meter', 'cubic meters'], 'cm³': ['cubic centimeter', 'cubic centimeters'], ha: ['hectare', 'hectares'],
  'ft²': ['square foot', 'square feet'], 'sq ft': ['square foot', 'square feet'], psi: ['P S I', 'P S I'],
  rpm: ['R P M', 'R P M'], bpm: ['B P M', 'B P M'], dpi: ['D P I', 'D P I'], fps: ['F P S', 'F P S'],
  px: ['pixel', 'pixels'], ppm: ['part per million', 'parts per million'], kcal: ['kilocalorie', 'kilocalories'],
  '°C': ['degree Celsius', 'degrees Celsius'], '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '° C': ['degree Celsius', 'degrees Celsius'], '° F': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '℃': ['degree Celsius', 'degrees Celsius'], '℉': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '°': ['degree', 'degrees'], '%': ['percent', 'percent'], '‰': ['per mille', 'per mille'],
} // prettier-ignore

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const longestFirst = Object.keys(UNITS).sort((a, b) => b.length - a.length)
/** A unit right after a number: white space or a hyphen, the unit, and no letter or digit after it. */
export const UNIT = new RegExp(
  `([\\s\\u00a0-]?)(${longestFirst.map(escape).join('|')})(?![\\p{L}\\p{N}]|'\\p{L}|/\\p{L})`,
  'uy',
)

/** @returns words for the unit, or undefined when there is none of that name. */
export function unitWords(unit: string, one: boolean, british: boolean): string[] | undefined {
  const names = UNITS[unit]
  if (!names) return undefined
  const words = (one ? names[0] : names[1]).split(' ')
  return british ? words.map(word => word.replace(/(met|lit)er(s?)$/, '$1re$2')) : words
}

/** Letters that are also words or names when nothing ties them to the number. */
export const LOOSE_UNITS = new Set(['m', 'g', 'l', 'L', 'W', 'V', 'min', 'ha', 'pt', 'sec', 's', 'in.'])

/** Currency sign → one, many, and its hundredth. */
export const CURRENCIES: Readonly<Record<string, readonly [string, string, string?, string?]>> = {
  $: ['dollar', 'dollars', 'cent', 'cents'],
  '£': ['pound', 'pounds', 'penny', 'pence'],
  '€': ['euro', 'euros', 'cent', 'cents'],
  '¥': ['yen', 'yen'],
  '₹': ['rupee', 'rupees', 'paisa', 'paise'],
  '₽': ['ruble', 'rubles', 'kopeck', 'kopecks'],
  '₩': ['won', 'won'],
  '₪': ['shekel', 'shekels'],
  '₺': ['lira', 'lira'],
  '₴': ['hryvnia', 'hryvnias'],
  '₿': ['bitcoin', 'bitcoins'],
  '¢': ['cent', 'cents'],
  USD: ['dollar', 'dollars', 'cent', 'cents'],
  EUR: ['euro', 'euros', 'cent', 'cents'],
  GBP: ['pound', 'pounds', 'penny', 'pence'],
  JPY: ['yen', 'yen'],
}

export const MAGNITUDES: Readonly<Record<string, string>> = {
  thousand: 'thousand', million: 'million', billion: 'billion', trillion: 'trillion',
  k: 'thousand', K: 'thousand', m: 'million', M: 'million', mn: 'million', bn: 'billion', b: 'billion', B: 'billion',
  tn: 'trillion', T: 'trillion', trn: 'trillion',
} // prettier-ignore
