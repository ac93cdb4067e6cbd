import { SeamError } from '#protocol/errors.ts'
import type { Espeak } from '#text/g2p/espeak.ts'
import { wrapEspeak } from '#text/g2p/espeak-module.ts'

/** eSpeak NG (GPL-3.0-or-later), a package beside the companion's own code, loaded when a text first needs it. */
export async function openEspeak(): Promise<Espeak> {
  const { default: create } = await import('@echogarden/espeak-ng-emscripten').catch((cause: unknown) => {
    throw new SeamError('not-found', 'eSpeak NG, which reads this language, is not installed. Run: npm install', {
      cause,
    })
  })
  return wrapEspeak(await create())
}
