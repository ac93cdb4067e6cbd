import { SeamError } from '#protocol/errors.ts'
export function useArchiveOut(): { saveArchive(id: string, title: string): Promise<void> } {
  return {
    saveArchive: async () => {
      throw new SeamError('unsupported', 'x')
    },
  }
}
