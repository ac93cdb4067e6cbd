import { computed, ref, type ShallowRef } from 'vue'
import { readContractVoice } from '#protocol/contracts.ts'
import { errorData, type SeamError } from '#protocol/errors.ts'
import type { ContractPart } from '../contract-types.ts'
import { useStudio, type Studio } from '../studio.ts'
import { spokenOrRead } from './silent-speech.ts'
import { useConverseModel } from './store-model.ts'
import { failureOf } from './talk-view.ts'

/**
 * What speaks the replies of a talk, and which of them are only to be read. For a store's setup.
 * @param failure is told of a voice that failed
 */
export function createUnspoken(failure: ShallowRef<SeamError | undefined>) {
  const { speech, contracts } = useStudio()
  const model = useConverseModel()
  /** Why the reply under way, or the last, is only to be read: its voice is not here, or failed. */
  const silence = ref<'absent' | 'failed'>()

  return {
    speech: spokenOrRead({
      speech,
      canSpeak: voice => model.canSpeak(voice),
      told: isSilent => (silence.value = isSilent ? 'absent' : undefined),
      async failed(error, voice) {
        const hasOwn = await model.hasOwn().catch(() => true)
        silence.value = 'failed'
        failure.value = failureOf('voice', errorData(error), { own: hasOwn ? 'here' : 'absent' })
        if (!hasOwn) nobodyWentOn(contracts, 'voice', readContractVoice(voice[0]?.id ?? '')?.name)
      },
    }),
    silent: computed(() => silence.value !== undefined),
    /** What would speak is not here: it can be fetched. */
    voiceless: computed(() => silence.value === 'absent'),
    /** Nothing is silent any more, or that was seen. */
    calm: () => (silence.value = undefined),
  }
}

/** Takes back that this page went on in a plugin's place. */
export function nobodyWentOn(contracts: Studio['contracts'], part: ContractPart, name: string | undefined): void {
  for (const trouble of contracts.troubles) {
    if (trouble.part === part && trouble.name === name) contracts.dismiss(trouble)
  }
}
