import { defineCommand } from 'citty'
import { checkLang } from '../core/config/speech.ts'
import { globalArgs, openContext } from './context.ts'
import { print, printJson } from './output.ts'
import { readText } from './text.ts'

export const phonemes = defineCommand({
  meta: { name: 'phonemes', description: 'show how a text will be said' },
  args: {
    text: { type: 'positional', required: true, description: 'the text, or - to read it from the input' },
    lang: { type: 'string', description: 'en-us (the default), en-gb, ja, es, fr, hi, it or pt-br', valueHint: 'LANG' },
    ...globalArgs,
  },
  async run({ args }) {
    const { config, json, signal } = await openContext(args, { lang: 'speech.lang' })
    const lang = config.settings['speech.lang'] ?? 'en-us'
    checkLang(lang)
    const text = await readText(args.text, { signal })
    const { openPhonemizers } = await import('../core/speech.ts')
    const phonemizer = await openPhonemizers(config.models)(lang)
    const { normalised, phonemes, words, skipped } = phonemizer.analyse(text, { lang })
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
