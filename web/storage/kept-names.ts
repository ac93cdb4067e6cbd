// Names of databases, of the channels between tabs, and of the folders with their sound.

export const TRANSCRIPTS = 'voxloom-transcripts'
export const CONVERSATIONS = 'voxloom-conversations'
