import licenceUrl from './COPYING.GPL-3.0.txt?url'

/** What is shown before eSpeak NG is fetched: it is not under the product's own licence. */
export const ESPEAK_NOTICE = {
  name: 'eSpeak NG',
  licence: 'GPL-3.0-or-later',
  licenceUrl,
  source: 'https://github.com/echogarden-project/espeak-ng-emscripten',
  /** Fetched when a text first needs it. */
  bytes: 24_856_549,
} as const
