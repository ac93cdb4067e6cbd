import { SeamError } from '#protocol/errors.ts'

// What is said of files that can't be read; whoever decodes says it in the same words.

export function cancelled(): SeamError {
  return new SeamError('cancelled', 'Reading the file was cancelled.')
}

export function noSound(): SeamError {
  return new SeamError('bad-input', 'This video has no sound. Choose a file that has.', {
    details: { reason: 'no-sound' },
  })
}

export function notSound(cause?: unknown): SeamError {
  return new SeamError('bad-input', 'This is not a sound or video file, or it is damaged from the start.', {
    cause,
    details: { reason: 'not-sound' },
  })
}

/** @param at seconds from the start */
export function damaged(at: number, cause?: unknown): SeamError {
  return new SeamError(
    'bad-input',
    `The file is damaged ${at.toFixed(1)} seconds from its start. What came before was read; mend the file, or use another copy.`,
    { cause, details: { reason: 'damaged', at } },
  )
}
