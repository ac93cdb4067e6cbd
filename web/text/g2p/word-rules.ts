import { read, lead, close, live, lives, use, uses, used } from './rules/tenses.ts'
import { bass, wound, wind, winds, tear, tears, minute, does } from './rules/things.ts'
import {
  content,
  invalid,
  bow,
  row,
  dove,
  sow,
  house,
  houses,
  resume,
  blessed,
  aged,
  bases,
  sewer,
  putting,
  town,
  polish,
  mobile,
  learned,
} from './rules/owners.ts'
import { that, thats, adjective, objects, rarelyNoun, inside } from './rules/small.ts'
import type { WordRule } from './rules/common.ts'

/** "upset", "perfect", "separate" and their like go by their neighbours; these words need rules of their own. */
export const WORD_RULES: Readonly<Record<string, WordRule>> = {
  read, reread: read, lead, close, live, lives, use, uses, used, bass, wound, wind, winds, tear, tears, minute, does, content, invalid,
  bow, row, dove, sow, house, houses, resume, blessed, aged, bases, sewer, putting, that, "that's": thats, jagged: adjective, ragged: adjective, dogged: adjective, crooked: adjective,
  object: objects, objects, reading: town, nice: town, mobile, polish, refuse: rarelyNoun, consist: () => '', inside, learned,
} // prettier-ignore
