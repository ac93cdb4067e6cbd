import { REVISION } from '../../web/storage/testing/hub-client.ts'
import { hubSetup } from '../../web/storage/testing/hub-server.ts'
import { WHISPER_REPO } from './whisper/entry.ts'
import { whisperFiles } from './whisper/weights.ts'

/** The hub that the browser's tests meet. It has real weights, too, made of packages once somebody asks for them. */
export default hubSetup(async path => {
  const at = `/${WHISPER_REPO}/resolve/${REVISION}/`
  return path.startsWith(at) ? (await whisperFiles()).read(path.slice(at.length)).catch(() => undefined) : undefined
})
