import { detectDevice } from '../engine/device.page.ts'
import { SPEECH_ENGINES } from '../engine/registry.ts'
import type { Studio } from '../features/studio.ts'
import type { Player } from '../audio/sink.ts'
import { createCompanionClient } from '../companion/client.ts'
import { createPluginService } from '../companion/plugins.ts'
import { openStorageMeter } from '../storage/meter.ts'
import { openModelStore } from '../storage/models.ts'
import { openPcmStore } from '../storage/pcm.ts'
import { openProjectStore } from '../storage/projects.ts'
import { usePreferences } from '../ui/preferences.ts'

/** Puts the concrete parts together. The only place that knows them all. */
export async function createStudio(): Promise<Studio> {
  const preferences = usePreferences()
  const [projects, pcm, models] = await Promise.all([
    openProjectStore(),
    openPcmStore(),
    openModelStore({ sources: preferences.hub ? ['companion', 'hub'] : ['companion'] }),
  ])
  const [{ create }] = SPEECH_ENGINES
  const speech = create({
    models,
    wish: () => ({ device: preferences.device, ...(preferences.threads > 0 ? { threads: preferences.threads } : {}) }),
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
    companion: createCompanionClient(),
    plugins: createPluginService(),
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
