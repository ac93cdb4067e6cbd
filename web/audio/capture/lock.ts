import { SeamError } from '#protocol/errors.ts'

/** The Web Lock that whoever listens holds, in any tab of this browser. */
const MICROPHONE_LOCK = 'voxloom-microphone'

/**
 * Keeps two tabs from listening at once: each would hear the other's speech, and both would answer.
 * @param takeOver takes the lock from whoever has it
 * @param lost is called when somebody else takes it
 * @returns what gives it back
 * @throws SeamError conflict when somebody else has it
 */
export function holdMicrophone(takeOver: boolean, lost: () => void): Promise<() => void> {
  const locks = navigator.locks as LockManager | undefined
  if (!locks) return Promise.resolve(() => {})
  return new Promise((resolve, reject) => {
    locks
      .request(MICROPHONE_LOCK, takeOver ? { steal: true } : { ifAvailable: true }, lock => {
        if (lock) return new Promise<void>(release => resolve(release))
        reject(
          new SeamError(
            'conflict',
            'The microphone is already open here, or in another tab. Stop there, then open it here.',
            { details: { reason: 'elsewhere' } },
          ),
        )
        return undefined
      })
      .catch((error: unknown) => {
        // Before it was held this rejects; afterwards somebody has taken it.
        reject(error)
        lost()
      })
  })
}
