import { SeamError } from '#protocol/errors.ts'
import type { PersonaFiles } from '#protocol/personas.ts'
import type { Bytes } from './bytes.ts'
import { isRecord, type Fields } from './fields.ts'
import { decodeJson, parseCardJson } from './parse.ts'
import { isPng } from './png.ts'

/** Where the card lies in a `.charx` archive. */
export const CHARX_CARD = 'card.json'
/** How the specification spells the scheme of files in the archive. */
const EMBEDDED = 'embeded://'
const ICON_PATH = 'assets/icon/images/main.png'

/** @param files of the archive, by path @throws SeamError bad-input */
export function cardInArchive(files: ReadonlyMap<string, Bytes>): { card: unknown; files: PersonaFiles } {
  const text = files.get(CHARX_CARD)
  if (!text) {
    throw new SeamError(
      'bad-input',
      `This archive holds no character card: ${CHARX_CARD} is not in it. Nothing was imported.`,
    )
  }
  const assets = Object.fromEntries([...files].filter(([path]) => path !== CHARX_CARD))
  return { card: parseCardJson(decodeJson(text)), files: { assets } }
}

/** The files of an archive. A picture that came beside the card becomes its icon, unless it names one. */
export function archiveOf(card: Fields, { picture, assets }: PersonaFiles): Map<string, Bytes> {
  const withIcon = picture && !iconOf(card) && !(ICON_PATH in assets)
  const written = withIcon ? addIcon(card) : card
  return new Map([
    [CHARX_CARD, new TextEncoder().encode(JSON.stringify(written))],
    ...(withIcon ? [[ICON_PATH, picture] as const] : []),
    ...Object.entries(assets),
  ])
}

/** The picture that a card can be written into: its own, or the main icon of its archive if that is a PNG. */
export function pictureFor(card: Fields, { picture, assets }: PersonaFiles): Bytes | undefined {
  if (picture) return picture
  const icon = iconOf(card)
  const bytes = icon && assets[icon.slice(EMBEDDED.length)]
  return bytes && isPng(bytes) ? bytes : undefined
}

function assetsOf(card: Fields): readonly unknown[] {
  const list = isRecord(card['data']) ? card['data']['assets'] : undefined
  return Array.isArray(list) ? (list as readonly unknown[]) : []
}

const isIcon = (asset: unknown): asset is Fields => isRecord(asset) && asset['type'] === 'icon'

/** Address of the main icon, if it lies in the archive. */
function iconOf(card: Fields): string | undefined {
  const icons = assetsOf(card).filter(isIcon)
  const uri = (icons.find(({ name }) => name === 'main') ?? icons[0])?.['uri']
  return typeof uri === 'string' && uri.startsWith(EMBEDDED) ? uri : undefined
}

/** `ccdefault:` means the PNG that the card lies in, which an archive has not. */
function addIcon(card: Fields): Fields {
  const icon = { type: 'icon', uri: `${EMBEDDED}${ICON_PATH}`, name: 'main', ext: 'png' }
  const others = assetsOf(card).filter(asset => !(isIcon(asset) && asset['name'] === 'main'))
  return { ...card, data: { ...(card['data'] as Fields), assets: [icon, ...others] } }
}
