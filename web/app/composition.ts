import { watch } from 'vue'
import { detectDevice } from '../engine/device.page.ts'
import { createLanguageShelf } from '../engine/language/shelf.page.ts'
import { SPEECH_ENGINES, TRANSCRIBERS } from '../engine/registry.ts'
import { chosenListener } from '../engine/transcribe/chosen.page.ts'
import type { Studio } from '../features/studio.ts'
import { createCompanionClient } from '../companion/client.ts'
import { createContractService } from '../companion/contracts.ts'
import { createLanguageService } from '../companion/language.ts'
import { createCompanionLink } from '../companion/link.ts'
import { createPluginService } from '../companion/plugins.ts'
import { openSocket } from '../companion/socket.ts'
import { createCompanionSpeech } from '../companion/speech.ts'
import { CONVERSATIONS, TRANSCRIPTS } from '../storage/kept-names.ts'
import { openStorageMeter } from '../storage/meter.ts'
import { openModelStore } from '../storage/models.ts'
import { openPcmStore } from '../storage/pcm.ts'
import { openPersonaStore } from '../storage/personas.ts'
import { openProjectStore } from '../storage/projects.ts'
import { usePreferences } from '../ui/preferences.ts'
import { createContractHearing } from './contract-hearing.ts'
import { pluginVersions } from './contract-memory.ts'
import { withContractVoices } from './contract-speech.ts'
import { createContractShelf } from './contracts.ts'
import { createStudioSpeech } from './speech.ts'

/** Seconds of a reply that may wait to be heard: enough for a busy page, and an interruption drops them at once. */
const TALK_BUFFER = 1

/** Made at the first call. A failure is tried again at the next. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    }))
}

/** Puts the concrete parts together. The only place that knows them all. */
export async function createStudio(): Promise<Studio> {
  const preferences = usePreferences()
  const link = createCompanionLink()
  const [projects, personas, pcm, models] = await Promise.all([
    openProjectStore(),
    openPersonaStore(),
    openPcmStore(),
    openModelStore({
      sources: preferences.hub ? ['companion', 'hub'] : ['companion'],
      fetch: link.fetch,
      companionBase: () => link.address,
    }),
  ])
  const [{ create }] = SPEECH_ENGINES
  const [listening, ...others] = TRANSCRIBERS
  const threads = () => (preferences.threads > 0 ? { threads: preferences.threads } : {})
  const companion = createCompanionClient({ link })
  const service = createContractService({ line: link, open: () => openSocket(link) })
  const shelf = createContractShelf({ companion, changes: run => service.watch(run) })
  const ownVoices = createStudioSpeech({
    local: create({
      models,
      wish: () => ({
        device: preferences.device === 'companion' ? 'auto' : preferences.device,
        ...threads(),
      }),
    }),
    remote: createCompanionSpeech({ open: () => openSocket(link) }),
    companion,
    wanted: () => preferences.device === 'companion',
    onWish: listener => void watch(() => preferences.device, listener),
  })
  const speech = withContractVoices({ shelf, speak: service.speak, local: ownVoices, versions: pluginVersions })
  const local = listening.create({ models, wish: threads })
  const ours = others.map(({ create }) => create({ models, wish: threads }))
  const hearing = createContractHearing({ shelf, recognise: service.recognise, local, chosen: chosenListener })
  const languageService = createLanguageService(link)
  const languages = createLanguageShelf({
    companion: languageService,
    plugins: { of: shelf.of, isUp: shelf.isUp, reply: service.reply },
    mayDownload: () => preferences.hub,
  })
  // Asked early and for nothing, so that the first Play does not wait for the answer.
  void detectDevice()
  return {
    projects,
    pcm,
    models,
    meter: openStorageMeter({ pcm, models, recordings: [TRANSCRIPTS, CONVERSATIONS] }),
    speech,
    transcriber: hearing.listener,
    get transcribers() {
      return [local, ...ours, ...hearing.transcribers] as const
    },
    personas,
    transcripts: once(async () => (await import('../storage/transcripts.ts')).openTranscriptStore()),
    conversations: once(async () => (await import('../storage/conversations.ts')).openConversationStore()),
    languages,
    languageService,
    companion,
    plugins: createPluginService(link),
    contracts: shelf,
    contractService: service,
    player: once(async () => (await import('../audio/player.ts')).createPlayer()),
    talkPlayer: async () =>
      (await import('../audio/player.ts')).createPlayer({ buffer: TALK_BUFFER, latency: 'interactive' }),
    microphone: async wish => (await import('../audio/capture/open.ts')).openMicrophone(wish),
    async soundFile(file, { ffmpeg, ...run } = {}) {
      const { openSoundFile } = await import('../audio/decode/open.ts')
      const elsewhere = ffmpeg ? { ffmpeg: (await import('../export/ffmpeg/sound.ts')).openWithFfmpeg } : {}
      return openSoundFile(file, elsewhere, run)
    },
  }
}
