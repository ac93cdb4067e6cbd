import { Extension } from '@tiptap/core'
import { Plugin } from '@tiptap/pm/state'
import { newId } from '../new-id.ts'
import { paragraphId } from './blocks.ts'

/** Gives every paragraph that has no name, or one that another has already, a new one. The first keeps its own. */
export const paragraphIds = Extension.create({
  name: 'paragraphIds',
  addProseMirrorPlugins: () => [
    new Plugin({
      appendTransaction(transactions, _before, state) {
        if (!transactions.some(({ docChanged }) => docChanged)) return null
        const seen = new Set<string>()
        const change = state.tr
        state.doc.forEach((node, at) => {
          const id = paragraphId(node)
          if (id !== undefined && !seen.has(id)) {
            seen.add(id)
            return
          }
          const fresh = newId()
          seen.add(fresh)
          change.setNodeAttribute(at, 'id', fresh)
        })
        return change.docChanged ? change : null
      },
    }),
  ],
})
