import { SeamError } from '#protocol/errors.ts'

/** Names of the permission to reach this computer: Chrome from 145, and before. */
const PERMISSIONS = ['loopback-network', 'local-network-access']
/** Milliseconds until a browser has told what the page's policy forbade. */
const TELLING = 100

const SENTENCES = {
  policy:
    'The policy of this page’s server does not let it reach a companion. Its Content-Security-Policy must be the one of headers-hosted.json.',
  blocked: 'The browser does not let this page reach programs on this computer. Allow it in the site’s settings.',
  nobody: 'Nobody answers there. Start the companion with “npm start”, and look at the port that it prints.',
} as const

/** Notes from now on whether the page's own policy forbids requests to `base`. */
export function watchPolicy(base: string): { isBlocked: () => boolean; end: () => void } {
  let isBlocked = false
  const hear = ({ blockedURI }: SecurityPolicyViolationEvent) => (isBlocked ||= blockedURI.startsWith(base))
  globalThis.document?.addEventListener('securitypolicyviolation', hear)
  return {
    isBlocked: () => isBlocked,
    end: () => globalThis.document?.removeEventListener('securitypolicyviolation', hear),
  }
}

/** Why no answer came: to a page, every way of not getting through looks alike. */
export async function unreachable(isForbidden: () => boolean, cause: unknown): Promise<SeamError> {
  await new Promise(resolve => setTimeout(resolve, TELLING))
  const reason = isForbidden() ? 'policy' : (await isRefusedByUser()) ? 'blocked' : 'nobody'
  return new SeamError('offline', SENTENCES[reason], { cause, details: { reason } })
}

async function isRefusedByUser(): Promise<boolean> {
  const host = globalThis.location?.hostname ?? ''
  for (const name of PERMISSIONS) {
    const status = await globalThis.navigator?.permissions
      ?.query({ name: name as PermissionName })
      .catch(() => undefined)
    // A page of this computer itself is never asked, and one that was asked and got no answer may not go on either.
    if (status)
      return status.state === 'denied' || (status.state === 'prompt' && !/^(localhost|127\..*|\[::1\])$/.test(host))
  }
  return false
}
