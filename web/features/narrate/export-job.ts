import { useI18n } from 'vue-i18n'
import type { Run } from '#protocol/run.ts'
import { placed } from '#text/captions/timeline.ts'
import { CAPTION_MIME, type CaptionFormat, captionText } from '#text/captions/write.ts'
import type { ExportMetadata, ExportSegment } from '../../export/types.ts'
import { formatBytes, formatDuration } from '../../ui/format.ts'
import { useJobs } from '../../ui/jobs.ts'
import { useNotices } from '../../ui/toast.ts'
import { useStudio } from '../studio.ts'
import { downloadTarget, fileTarget, sweepExports, type ExportTarget } from './export-target.ts'
import { isAudio, partOf, segmentsOf, writeText, type ExportFormat } from './exporting.ts'
import { askForFile, fileName } from '../../ui/save-file.ts'
import { useInPlace } from './in-place.ts'
import { useNarrateModel } from './store-model.ts'
import { useNarratePlayback } from './store-playback.ts'
import { useNarrateProject } from './store.ts'

const AUDIO_MIME: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  opus: 'audio/ogg',
}

/** The share of an export that goes into making sound: encoding runs some fifty times as fast. */
const MAKING = 0.95

async function* timesOf(segments: AsyncIterable<ExportSegment>) {
  for await (const { samples, sampleRate, ...rest } of segments) {
    yield { ...rest, duration: samples.length / sampleRate }
  }
}

/** Exports the open project: makes what is missing, then writes the file. Call in `setup`. */
export function useExportJob(): {
  /**
   * Asks for a place, then works in the job tray; where weights are missing, they are offered before. Call from a
   * click.
   * @param ffmpeg lets FFmpeg finish an audiobook
   * @returns whether the user chose a place
   */
  start(format: Exclude<ExportFormat, 'archive'>, metadata: ExportMetadata, ffmpeg?: boolean): Promise<boolean>
} {
  const { t, locale } = useI18n()
  const studio = useStudio()
  const jobs = useJobs()
  const notify = useNotices()
  const tellInPlace = useInPlace()
  const project = useNarrateProject()
  const playback = useNarratePlayback()
  const model = useNarrateModel()

  return {
    async start(format, metadata, ffmpeg = false) {
      const name = fileName(metadata.title || t('narrate.untitled'), format)
      const mime = isAudio(format) ? AUDIO_MIME[format]! : CAPTION_MIME[format]
      const handle = await askForFile(name)
      if (handle === 'cancelled') return false
      void sweepExports().catch(() => undefined)

      /** A retry from the tray begins a file of its own where none was chosen. */
      const openTarget = (): Promise<ExportTarget> => (handle ? fileTarget(handle) : downloadTarget(name, mime))

      const work = async (run: Required<Run>) => {
        // Taken now: another project may be open by the time that the sound is made.
        const open = project.project
        const script = await playback.settled()
        if (!open || !script) return
        const made = playback.complete() ? 0 : MAKING
        const inPlace = await playback.renderAll(partOf(run, 0, made, 'narrate.export.making'))
        const target = await openTarget()
        const writing = partOf(run, made, 1, 'narrate.export.writing')
        const segments = segmentsOf(open, script, studio.pcm, t, run.signal)
        try {
          let bytes: number
          let unfinished = false
          if (isAudio(format)) {
            const exportAudio = ffmpeg
              ? (await import('../../export/ffmpeg/client.ts')).exportWithFfmpeg
              : (await import('../../export/client.ts')).exportAudio
            const expected = playback.timeline?.total
            const input = { format, metadata, segments, ...(expected ? { expected } : {}) }
            const report = await exportAudio(input, target.stream, writing)
            bytes = report.bytes
            unfinished = report.unfinished ?? false
          } else bytes = await writeText(captionText(format as CaptionFormat, placed(timesOf(segments))), target)
          await target.finish()
          notify({
            kind: unfinished ? 'warning' : 'success',
            title: t('narrate.export.done', { name }),
            text: [
              unfinished ? t('narrate.export.ffmpeg.missed') : '',
              t('narrate.export.doneText', {
                size: formatBytes(bytes, locale.value),
                length: formatDuration(playback.timeline?.total ?? 0, locale.value),
              }),
              handle ? '' : t('narrate.export.downloaded'),
            ]
              .filter(Boolean)
              .join('. '),
          })
          tellInPlace(inPlace)
        } catch (error) {
          await target.discard()
          throw error
        }
      }

      const begin = async () => {
        jobs.start({ title: t('narrate.export.job', { name }), kind: 'export', run: work })
      }
      if (playback.complete()) await begin()
      else {
        await playback.settled()
        await model.onceReady(begin, playback.languages())
      }
      return true
    },
  }
}
