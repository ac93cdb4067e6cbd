import type { SeamError } from '#protocol/errors.ts'
import { INPUT_RATE, OUTPUT_RATE } from '#protocol/sessions.ts'
import { openSound } from '../../core/sound/open.ts'
import { Loudspeaker, type ReplyOutput } from '../../core/talk/loudspeaker.ts'
import { microphone } from '../../core/talk/microphone.ts'
import { findSoundProgram, type SoundKind } from '../../core/talk/programs.ts'
import { recordedSound } from '../../core/talk/recorded.ts'
import { ReplyRecording } from '../../core/talk/recording.ts'
import { keepInput, mayReplace } from '../output-file.ts'

/** Where what the user says comes from. */
export interface TalkSource {
  /** For the person at the terminal. */
  readonly about: string
  /** It ends by itself. */
  readonly isRecording: boolean
  /** Mono, INPUT_RATE Hz. */
  sound(): AsyncIterable<Float32Array>
  close(): Promise<void>
}

/** A recording, or the machine's microphone. @throws SeamError not-found, bad-input, unsupported */
export async function openSource(
  input: string | undefined,
  kind: SoundKind | undefined,
  signal: AbortSignal,
): Promise<TalkSource> {
  if (input === undefined) {
    const left = new AbortController()
    const program = findSoundProgram('capture', INPUT_RATE, { kind })
    return {
      about: `Microphone: ${program.name}`,
      isRecording: false,
      sound: () => microphone(program, AbortSignal.any([signal, left.signal])),
      close: async () => left.abort(),
    }
  }
  const opened = await openSound({ path: input }, signal)
  return {
    about: `Input: ${input}`,
    isRecording: true,
    sound: () => recordedSound(opened.chunks, INPUT_RATE),
    close: () => opened.close(),
  }
}

type TalkOutput = ReplyOutput & {
  readonly about: string
  /** There is a file to be written, and nothing to write. */
  isEmpty(): boolean
}

/** A WAV file, or the machine's loudspeaker. @throws SeamError conflict, refused, bad-input, unsupported */
export async function openOutput(
  { input, output, force }: { input?: string | undefined; output?: string | undefined; force?: boolean | undefined },
  kind: SoundKind | undefined,
  warn: (failure: SeamError) => void,
): Promise<TalkOutput> {
  if (output === undefined) {
    const program = findSoundProgram('play', OUTPUT_RATE, { kind })
    return Object.assign(new Loudspeaker(program, warn), {
      about: `loudspeaker: ${program.name}`,
      isEmpty: () => false,
    })
  }
  if (input !== undefined) await keepInput(input, output)
  await mayReplace(output, force === true)
  const recording = await ReplyRecording.open(output, OUTPUT_RATE)
  return Object.assign(recording, { about: `output: ${output}`, isEmpty: () => recording.length === 0 })
}
