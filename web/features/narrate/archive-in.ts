import { SeamError } from '#protocol/errors.ts'
export function useArchiveIn(): { openArchive(file: File): Promise<string> } {
  return {
    openArchive: async () => {
      throw new SeamError('unsupported', 'x')
    },
  }
}
