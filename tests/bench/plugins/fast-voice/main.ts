import { runPlugin } from '../../../../plugins/sdk/typescript/index.ts'

const SAMPLES_A_BYTE = 240

runPlugin(async plugin => {
  for await (const slice of plugin.payload()) {
    const sound = Buffer.allocUnsafe(slice.length * SAMPLES_A_BYTE * 2)
    for (let at = 0; at < sound.length; at += 2) {
      sound.writeInt16LE(
        Math.round(8000 * Math.sin(((at / 2) % SAMPLES_A_BYTE) * ((2 * Math.PI) / SAMPLES_A_BYTE))),
        at,
      )
    }
    await plugin.write(sound)
  }
})
