import { SeamError, toSeamError } from '#protocol/errors.ts'
import { INPUT_RATE, OUTPUT_RATE, SESSION_MODES, type SessionCommand } from '#protocol/sessions.ts'
import { findPersona } from '../../core/personas/find.ts'
import { PersonaStore } from '../../core/personas/store.ts'
import { SOUND_KINDS } from '../../core/talk/programs.ts'
import { openCompanion } from '../companion.ts'
import { openContext, type Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { tell } from '../output.ts'
import { openOutput, openSource, type TalkSource } from './ends.ts'
import { watchKeys } from './keys.ts'
import { openLine, type LineWish, type TalkLine } from './line.ts'
import { LiveTalk } from './live.ts'
import { TalkScreen } from './screen.ts'

type SessionMode = (typeof SESSION_MODES)[number]

interface TalkArgs {
  readonly [option: string]: unknown
  readonly persona?: string | undefined
  readonly voice?: string | undefined
  readonly model?: string | undefined
  readonly mode?: string | undefined
  readonly user?: string | undefined
  readonly input?: string | undefined
  readonly output?: string | undefined
  readonly sound?: string | undefined
  readonly greet?: boolean | undefined
  readonly force?: boolean | undefined
}

/** A talk in this terminal, until it is ended. @param isPassing the session ends with it @returns the exit code */
export async function holdTalk(args: TalkArgs, session: string, isPassing: boolean): Promise<number> {
  const context = await openContext(args, { port: 'server.port' })
  const companion = await openCompanion(context)
  const { input } = args
  const mode = oneOf('--mode', args.mode, SESSION_MODES) ?? (input === undefined ? 'hands-free' : 'push-to-talk')
  const kind = oneOf('--sound', args.sound, SOUND_KINDS)
  const screen = new TalkScreen(context.json)
  const source = await openSource(input, kind, context.signal)
  const output = await openOutput(args, kind, failure => screen.note(failure.message))
  const live = new LiveTalk(output, screen)
  let line: TalkLine | undefined
  try {
    line = await openLine(context, session, await wishOf(args, context), live)
    tell(`Talking in the session “${session}”. ${source.about}; ${output.about}.${hintFor(input)}`)
    const press = (command: SessionCommand) => companion.json('POST', `/sessions/${session}/${command}`)
    const toggle = () => void press('toggle').catch(error => screen.note(toSeamError(error).message))
    // With no key down it only waits: for all that was said before.
    await talkUntilOver(context, { live, line, source, mode, toggle, heard: () => press('stop') })
  } finally {
    screen.clear()
    await line?.close()
    await source.close()
    await output.close()
    if (isPassing && line) await companion.json('DELETE', `/sessions/${session}`).catch(() => undefined)
  }
  if (input === undefined || context.signal.aborted) return EXIT.ok
  if (live.failure) throw live.failure
  if (output.isEmpty()) tell(`voxloom: There was no reply, so ${args.output} was not written.`)
  return output.isEmpty() ? EXIT.failure : EXIT.ok
}

interface Parts {
  readonly live: LiveTalk
  readonly line: TalkLine
  readonly source: TalkSource
  readonly mode: SessionMode
  /** The talk key: down, or up again. */
  toggle(): void
  /** Resolves when the session has heard all that was sent. */
  heard(): Promise<unknown>
}

async function talkUntilOver({ signal }: Context, { live, line, source, mode, toggle, heard }: Parts): Promise<void> {
  const ended = Promise.withResolvers<void>()
  const end = () => ended.resolve()
  signal.addEventListener('abort', end, { once: true })
  const unwatch = watchKeys({
    end,
    toggle,
    interrupt() {
      if (!live.isAnswering) return false
      line.send({ type: 'cancel' })
      return true
    },
  })
  const sound = source.sound()
  const talking = !source.isRecording
    ? live.listen(line, sound)
    : mode === 'push-to-talk'
      ? live.ask(line, sound)
      : live.replay(line, sound, signal, heard)
  try {
    await Promise.race([talking, ended.promise])
    // What it stumbles over when the line is closed is no failure.
    talking.catch(() => undefined)
  } finally {
    unwatch()
    signal.removeEventListener('abort', end)
  }
}

async function wishOf(args: TalkArgs, { config }: Context): Promise<LineWish> {
  const { persona, voice, model, mode, user, input, greet } = args
  const store = new PersonaStore(config.folders.state)
  return {
    persona: persona === undefined ? undefined : (await findPersona(store, persona)).id,
    ...{ voice, model, mode, user },
    input_rate: INPUT_RATE,
    output_rate: OUTPUT_RATE,
    // Who comes with a recording has said all, and wants the answer.
    greet: greet === false || input !== undefined ? undefined : true,
  }
}

/** @throws SeamError bad-input */
function oneOf<Choice extends string>(
  option: string,
  given: string | undefined,
  known: readonly Choice[],
): Choice | undefined {
  const found = known.find(choice => choice === given)
  if (found || given === undefined) return found
  throw new SeamError('bad-input', `${option} is “${given.slice(0, 40)}”, and must be one of ${known.join(', ')}.`)
}

function hintFor(input: string | undefined): string {
  if (input !== undefined || process.stdin.isTTY !== true) return ''
  return ' Space is the talk key, Ctrl-C stops a reply and then the talk.'
}
