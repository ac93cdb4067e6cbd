import { mkdtemp, rm, symlink, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MOONSHINE_PATHS } from '#engine/transcribe/moonshine/meta.ts'
import { modelPath } from '../../tests/support/models.ts'
import { openRecogniser } from './transcription.ts'

const MODEL = 'moonshine-tiny-en'

let models: string
beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'voxloom-hearing-'))
  await mkdir(join(models, MODEL))
})
afterEach(() => rm(models, { recursive: true, force: true }))

describe('the recogniser’s weights', () => {
  it('are missed by the name under which they can be pulled', async () => {
    await expect(openRecogniser({ models }).load()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(`voxloom models pull ${MODEL}`),
      details: { model: MODEL },
    })
  })

  it('count when all of them are here, and then at once', async () => {
    const { encoder, decoder, tokenizer } = MOONSHINE_PATHS.int8
    for (const path of [encoder, decoder]) await symlink(modelPath(MODEL, path), join(models, MODEL, path))
    await writeFile(join(models, MODEL, tokenizer), 'half of it')
    const recogniser = openRecogniser({ models, threads: 2 })
    await expect(recogniser.load()).rejects.toMatchObject({ code: 'not-found' })
    await rm(join(models, MODEL, tokenizer))
    await symlink(modelPath(MODEL, tokenizer), join(models, MODEL, tokenizer))
    await recogniser.load()
    await recogniser.close()
  })
})
