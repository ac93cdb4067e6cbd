/** Keeps the screen on while `work` runs, where the browser can: phones stop a page whose screen goes dark. */
export async function whileAwake<Result>(work: () => Promise<Result>): Promise<Result> {
  let lock: WakeLockSentinel | undefined
  const ask = async () => {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return
    // Refused on low battery or by policy: the work goes on all the same.
    lock = await navigator.wakeLock.request('screen').catch(() => undefined)
  }
  // The browser takes the lock back whenever the tab is hidden.
  const again = () => void ask()
  document.addEventListener('visibilitychange', again)
  await ask()
  try {
    return await work()
  } finally {
    document.removeEventListener('visibilitychange', again)
    await lock?.release().catch(() => undefined)
  }
}
