import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { runPlugin } from '../sdk/typescript/index.ts'
import { runProgram, temporaryFolder } from '../sdk/typescript/external.ts'
import { openEncoder, pcmArguments, tagArguments } from '../sdk/typescript/ffmpeg.ts'
import { Head } from './head.ts'

runPlugin(async plugin => {
  const { options, signal } = plugin
  const job = await openEncoder(plugin, 'M4B files', true)
  if (!job) return
  const { sound, program } = job
  const bitrate = options.number('bitrate', 80)
  // An index of the whole stands in the file, so it is made on disk and sent when it is complete.
  const path = join(temporaryFolder('voxloom-m4b'), 'book.m4b')
  const head = new Head(path, plugin.write)
  if (program === undefined) {
    const { encodeM4b } = await import('./builtin.ts')
    await encodeM4b(sound, bitrate, path)
  } else {
    await runProgram({
      program,
      args: [
        ...pcmArguments(sound.pcm),
        ...['-c:a', 'aac', '-b:a', `${bitrate}k`, ...tagArguments(sound.tags)],
        // 2 is “audiobook” in the list that players go by; the index moves to the front when all is written.
        ...['-metadata', 'media_type=2', '-f', 'ipod', '-brand', 'M4B ', '-movflags', '+faststart'],
        // On disk without delay, for the sake of the file's head.
        ...['-flush_packets', '1', path],
      ],
      input: sound.input,
      signal,
    })
  }
  const start = await head.sent()
  for await (const bytes of createReadStream(path, { start, highWaterMark: 1 << 18 }))
    await plugin.write(bytes as Buffer)
})
