/**
 * Raised whenever the rewritten graph's bytes change: kept graphs and kept sound are made under it. In a file of its
 * own, so that the page can name it without loading the rewriter.
 */
export const REWRITE_VERSION = '2'
