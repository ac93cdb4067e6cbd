import { paragraphs, runPlugin } from '../sdk/typescript/index.ts'
import { findEspeak, readAloud } from './read-aloud.ts'

runPlugin(async ({ options, text, write, signal }) => {
  const program = findEspeak()
  const settings = {
    voice: options.text('voice', 'en-us'),
    speed: options.number('speed', 175),
    pitch: options.number('pitch', 50),
  }
  for await (const paragraph of paragraphs(text())) {
    await readAloud(program, { ...settings, text: paragraph.text }, write, signal)
  }
})
