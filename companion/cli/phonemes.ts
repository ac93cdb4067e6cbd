import { defineCommand } from 'citty'
import { globalArgs, openContext } from './context.ts'
import { print, printJson } from './output.ts'
import { readText } from './text.ts'

export const phonemes = defineCommand({
  meta: { name: 'phonemes', description: 'show how a text will be said' },
  args: {
    text: { type: 'positional', required: true, description: 'the text, or - to read it from the input' },
    lang: { type: 'string', description: 'en-us or en-gb', valueHint: 'LANG' },
    ...globalArgs,
  },
  async run({ args }) {
    const { config, json, signal } = await openContext(args, { lang: 'speech.lang' })
    const text = await readText(args.text, { signal })
    const { openEnglish } = await import('../core/speech.ts')
    const english = await openEnglish(config.models)
    const { normalised, phonemes, words, skipped } = english.analyse(text, {
      lang: config.settings['speech.lang'] ?? 'en-us',
    })
    if (!json) return print(phonemes)
    printJson({
      text,
      normalised,
      phonemes,
      words: words.map(({ text, spoken, phonemes, source, from, to }) => ({
        text,
        spoken,
        phonemes,
        source,
        from,
        to,
      })),
      skipped,
    })
  },
})
