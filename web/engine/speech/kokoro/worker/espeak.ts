import dataUrl from '@echogarden/espeak-ng-emscripten/espeak-ng.data?url'
import { SeamError } from '#protocol/errors.ts'
import type { Espeak } from '#text/g2p/espeak.ts'
import { wrapEspeak } from '#text/g2p/espeak-module.ts'

/** eSpeak NG (GPL-3.0-or-later), two files of their own, fetched from our own origin when a text first needs them. */
export async function openEspeak(): Promise<Espeak> {
  try {
    const [{ default: create }, data] = await Promise.all([
      import('@echogarden/espeak-ng-emscripten'),
      fetch(dataUrl).then(answer => {
        if (!answer.ok) throw new Error(`status ${answer.status}`)
        return answer.arrayBuffer()
      }),
    ])
    return wrapEspeak(await create({ getPreloadedPackage: () => data }))
  } catch (cause) {
    throw new SeamError(
      'offline',
      'eSpeak NG, which reads this language, could not be fetched. Connect once and try again; nothing is lost.',
      { cause, retryable: true },
    )
  }
}
