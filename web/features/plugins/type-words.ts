import { useI18n } from 'vue-i18n'
import { formatNumber } from '../../ui/format.ts'
import { parseType } from './media-types.ts'

/** Types that have a word of their own, `plugins.type.…`; any other is shown as it is written. */
const WORDS: Readonly<Record<string, string>> = {
  '*/*': 'anything',
  'text/*': 'anyText',
  'text/plain': 'text',
  'text/markdown': 'markdown',
  'text/html': 'html',
  'audio/*': 'anySound',
  'audio/pcm': 'pcm',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4b',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'application/json': 'json',
}

/** Media types in the user's words: “Sound (24 kHz, mono)”. Call in `setup`. */
export function useTypeWords() {
  const { t, locale } = useI18n()

  function one(text: string): string {
    const type = parseType(text)
    const word = type && WORDS[type.name]
    if (!word) return text
    const { rate, channels, format } = type.parameters
    const hertz = Number(rate)
    const more = [
      hertz > 0 ? t('plugins.type.rate', { rate: formatNumber(hertz / 1000, locale.value, hertz % 1000 ? 2 : 0) }) : '',
      channels === '1' ? t('plugins.type.mono') : '',
      channels === '2' ? t('plugins.type.stereo') : '',
      format === 'f32le' ? t('plugins.type.float') : '',
    ]
      .filter(Boolean)
      .join(', ')
    return more === '' ? t(`plugins.type.${word}`) : `${t(`plugins.type.${word}`)} (${more})`
  }

  /** Several, each word once. That samples may be of 32 bits as well matters to the details alone. */
  function many(texts: readonly string[]): string {
    const plain = texts.filter(text => {
      const short = text.replace(';format=f32le', '')
      return short === text || !texts.some(other => other !== text && other.replace(';format=s16le', '') === short)
    })
    return [...new Set(plain.map(one))].join(t('plugins.type.or'))
  }

  return { one, many }
}
