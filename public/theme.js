// Runs before the first paint, so that a dark page never flashes white. A file of its own: the policy allows no inline script.
;(() => {
  let theme = 'system'
  try {
    theme = JSON.parse(localStorage.getItem('voxloom:preferences') ?? '{}').theme ?? 'system'
  } catch {
    // Storage may be closed to us, or hold something else: the system's choice is right then.
  }
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()
