import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pcmType, runPlugin } from '../sdk/typescript/index.ts'
import { runProgram, temporaryFolder } from '../sdk/typescript/external.ts'
import { Head } from './head.ts'
import { chooseEncoder, pcmArguments, readTags, tagArguments, unlessEmpty } from '../sdk/typescript/ffmpeg.ts'

runPlugin(async plugin => {
  const { options, signal } = plugin
  const pcm = pcmType(plugin.input)
  const bitrate = options.number('bitrate', 80)
  const tags = readTags(options)
  const program = chooseEncoder(options, 'M4B files', true)
  const input = await unlessEmpty(plugin.payload())
  if (!input) return plugin.warn('EMPTY_INPUT', 'There was no sound, so no file was made.')
  // An index of the whole stands in the file, so it is made on disk and sent when it is complete.
  const path = join(temporaryFolder('voxloom-m4b'), 'book.m4b')
  const head = new Head(path, plugin.write)
  if (program === undefined) {
    const { encodeBuiltin } = await import('./builtin.ts')
    await encodeBuiltin({ pcm, bitrate, tags, input, path })
  } else {
    await runProgram({
      program,
      args: [
        ...pcmArguments(pcm),
        ...['-c:a', 'aac', '-b:a', `${bitrate}k`, ...tagArguments(tags)],
        // 2 is “audiobook” in the list that players go by; the index moves to the front when all is written.
        ...['-metadata', 'media_type=2', '-f', 'ipod', '-brand', 'M4B ', '-movflags', '+faststart'],
        // On disk without delay, for the sake of the file's head.
        ...['-flush_packets', '1', path],
      ],
      input,
      signal,
    })
  }
  const start = await head.sent()
  for await (const bytes of createReadStream(path, { start, highWaterMark: 1 << 18 }))
    await plugin.write(bytes as Buffer)
})
