import { watch } from 'vue'
import { detectDevice } from '../engine/device.page.ts'
import { SPEECH_ENGINES } from '../engine/registry.ts'
import type { Studio } from '../features/studio.ts'
import type { Player } from '../audio/sink.ts'
import { createCompanionClient } from '../companion/client.ts'
import { createCompanionLink } from '../companion/link.ts'
import { createPluginService } from '../companion/plugins.ts'
import { openSocket } from '../companion/socket.ts'
import { createCompanionSpeech } from '../companion/speech.ts'
import { openStorageMeter } from '../storage/meter.ts'
import { openModelStore } from '../storage/models.ts'
import { openPcmStore } from '../storage/pcm.ts'
import { openProjectStore } from '../storage/projects.ts'
import { usePreferences } from '../ui/preferences.ts'
import { createStudioSpeech } from './speech.ts'

/** Puts the concrete parts together. The only place that knows them all. */
export async function createStudio(): Promise<Studio> {
  const preferences = usePreferences()
  const link = createCompanionLink()
  const [projects, pcm, models] = await Promise.all([
    openProjectStore(),
    openPcmStore(),
    openModelStore({
      sources: preferences.hub ? ['companion', 'hub'] : ['companion'],
      fetch: link.fetch,
      companionBase: () => link.address,
    }),
  ])
  const [{ create }] = SPEECH_ENGINES
  const companion = createCompanionClient({ link })
  const speech = createStudioSpeech({
    local: create({
      models,
      wish: () => ({
        device: preferences.device === 'companion' ? 'auto' : preferences.device,
        ...(preferences.threads > 0 ? { threads: preferences.threads } : {}),
      }),
    }),
    remote: createCompanionSpeech({ open: () => openSocket(link) }),
    companion,
    wanted: () => preferences.device === 'companion',
    onWish: listener => void watch(() => preferences.device, listener),
  })
  let player: Promise<Player> | undefined
  // Asked early and for nothing, so that the first Play does not wait for the answer.
  void detectDevice()
  return {
    projects,
    pcm,
    models,
    meter: openStorageMeter({ pcm, models }),
    speech,
    companion,
    plugins: createPluginService(link),
    player() {
      return (player ??= import('../audio/player.ts')
        .then(({ createPlayer }) => createPlayer())
        .catch(error => {
          player = undefined
          throw error
        }))
    },
  }
}
