import { useI18n } from 'vue-i18n'
import type { Conversation, ConversationSide, KeptTurn, SpokenSound } from '../../storage/conversations-types.ts'
import { fileName, saveBlob } from '../../ui/save-file.ts'
import { useNotices } from '../../ui/toast.ts'
import { transcriptOf } from './transcript.ts'
import { wavOf } from './wav.ts'

type SoundOf = (turn: KeptTurn, side: ConversationSide) => Promise<SpokenSound | undefined>

/** Both sides of some turns, as they spoke. */
export async function* soundsOf(turns: readonly KeptTurn[], soundOf: SoundOf): AsyncGenerator<SpokenSound> {
  for (const turn of turns) {
    for (const side of ['user', 'reply'] as const) {
      const sound = await soundOf(turn, side)
      if (sound) yield sound
    }
  }
}

type Said = Pick<Conversation, 'title' | 'persona' | 'turns'>

/** Files of a conversation. Call in `setup`. */
export function useSaving() {
  const { t } = useI18n()
  const notify = useNotices()
  const nameOf = ({ title, persona }: Said) => title || t('converse.export.name', { name: persona.name })
  return {
    /** Says so where there is none. */
    async sound(said: Said, soundOf: SoundOf): Promise<void> {
      const file = await wavOf(soundsOf(said.turns, soundOf), nameOf(said))
      if (file) await saveBlob(file, fileName(nameOf(said), 'wav'))
      else notify({ title: t('converse.export.none.title'), text: t('converse.export.none.text'), kind: 'warning' })
    },
    transcript(said: Said): Promise<void> {
      const text = transcriptOf(said.turns, { user: t('converse.you') })
      return saveBlob(new Blob([text], { type: 'text/plain' }), fileName(nameOf(said), 'txt'))
    },
  }
}
