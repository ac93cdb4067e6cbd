import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { modelsFolder, root } from '../support/models.ts'
import { openRecogniser } from '../support/recogniser.ts'
import { readWav } from '../support/wav.ts'
import { wordErrorRate } from '../support/words.ts'

const say = (args: readonly string[], input?: string) =>
  spawnSync(process.execPath, ['companion/voxloom.mjs', 'say', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, VOXLOOM_MODELS: modelsFolder },
    ...(input === undefined ? {} : { input }),
  })

test('voxloom say writes what a recogniser understands, from the command line and from a pipe', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voxloom-say-'))
  try {
    for (const [name, text, args, input] of [
      ['argument.wav', 'The old lighthouse keeper walked slowly down the narrow stairs.', [], undefined],
      ['pipe.wav', 'Heavy rain fell on the roof all through the night.', ['--voice', 'bm_george'], 'stdin'],
    ] as const) {
      const path = join(folder, name)
      const { status, stdout, stderr } = say([input ? '-' : text, '-o', path, '--json', ...args], input && text)
      expect(status, stderr).toBe(0)
      const { samples, sampleRate } = readWav(await readFile(path))
      expect(sampleRate).toBe(24_000)
      const report = JSON.parse(stdout) as { duration: number; voice: string; realTimeFactor: number }
      expect(report.voice).toBe(args[1] ?? 'af_heart')
      expect(report.duration).toBeCloseTo(samples.length / sampleRate, 2)
      expect(report.realTimeFactor).toBeGreaterThan(0)
      expect(wordErrorRate(text, await (await openRecogniser()).transcribe(samples, sampleRate))).toBeLessThan(0.2)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the languages of eSpeak and the Japanese voices speak on the command line, too', async () => {
  for (const args of [
    ['Les enfants ont vingt et un ans.', '--lang', 'fr'],
    ['こんにちは。', '--voice', 'jf_alpha'],
  ]) {
    const { status, stdout, stderr } = say([...args, '-o', '/dev/null', '--force', '--json'])
    expect(status, stderr).toBe(0)
    expect((JSON.parse(stdout) as { duration: number }).duration).toBeGreaterThan(0.5)
  }
})
