import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import type { Persona } from '#protocol/personas.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const INCLUDED = 'included-'

export const includedPersona = (id: string): Persona | undefined => INCLUDED_PERSONAS.find(each => each.id === id)

/** The folder of a persona by its id; undefined for what no persona is called. A colon stands in no name on Windows. */
export function folderName(id: string): string | undefined {
  if (UUID.test(id)) return id
  return includedPersona(id) && id.replace(':', '-')
}

/** The reverse; undefined for any other file that lies there. */
export function idOfFolder(name: string): string | undefined {
  const id = name.startsWith(INCLUDED) ? name.replace('-', ':') : name
  return folderName(id) === name ? id : undefined
}
