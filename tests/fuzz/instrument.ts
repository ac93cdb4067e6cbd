import ts from 'typescript'

/** Where instrumented code counts: one number for each branch of all files together. */
export const COUNTERS = '__fuzzCounters'

export interface Instrumented {
  readonly code: string
  /** The number after that of the last branch. */
  readonly next: number
  /** Texts and numbers that the code compares with or looks for. */
  readonly words: readonly Uint8Array[]
}

/** Letters of a literal that is worth a try. Longer ones are sentences. */
const MAX_WORD = 32

/**
 * TypeScript or JavaScript as JavaScript that counts how often each branch is taken: functions, both ways of a condition,
 * the right side of `&&`, `||` and `??`, bodies of loops, cases, and what is caught.
 * @param first number of the first branch
 */
export function instrument(source: string, path: string, first: number): Instrumented {
  let next = first
  const words: Uint8Array[] = []
  const { factory } = ts
  const count = () =>
    factory.createPostfixIncrement(factory.createElementAccessExpression(factory.createIdentifier(COUNTERS), next++))
  const counted = (node: ts.Expression) =>
    factory.createParenthesizedExpression(
      factory.createBinaryExpression(count(), ts.SyntaxKind.CommaToken, factory.createParenthesizedExpression(node)),
    )
  const block = (node: ts.Statement | undefined) =>
    factory.createBlock([factory.createExpressionStatement(count()), ...(node ? [node] : [])], true)
  const begun = (statements: readonly ts.Statement[]) => [factory.createExpressionStatement(count()), ...statements]

  function branch(node: ts.Node): ts.Node {
    if (ts.isIfStatement(node)) {
      return factory.updateIfStatement(node, node.expression, block(node.thenStatement), block(node.elseStatement))
    }
    if (ts.isConditionalExpression(node)) {
      const { condition, questionToken, whenTrue, colonToken, whenFalse } = node
      const [yes, no] = [counted(whenTrue), counted(whenFalse)]
      return factory.updateConditionalExpression(node, condition, questionToken, yes, colonToken, no)
    }
    if (ts.isBinaryExpression(node) && isShortCut(node.operatorToken.kind)) {
      return factory.updateBinaryExpression(node, node.left, node.operatorToken, counted(node.right))
    }
    if (ts.isWhileStatement(node)) return factory.updateWhileStatement(node, node.expression, block(node.statement))
    if (ts.isDoStatement(node)) return factory.updateDoStatement(node, block(node.statement), node.expression)
    if (ts.isForStatement(node)) {
      const { initializer, condition, incrementor, statement } = node
      return factory.updateForStatement(node, initializer, condition, incrementor, block(statement))
    }
    if (ts.isForOfStatement(node)) {
      const { awaitModifier, initializer, expression, statement } = node
      return factory.updateForOfStatement(node, awaitModifier, initializer, expression, block(statement))
    }
    if (ts.isCaseClause(node)) return factory.updateCaseClause(node, node.expression, begun(node.statements))
    if (ts.isDefaultClause(node)) return factory.updateDefaultClause(node, begun(node.statements))
    if (ts.isCatchClause(node)) return factory.updateCatchClause(node, node.variableDeclaration, block(node.block))
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) {
      const { modifiers, typeParameters, parameters, type, equalsGreaterThanToken, body } = node
      const whole = counted(body)
      return factory.updateArrowFunction(
        node,
        modifiers,
        typeParameters,
        parameters,
        type,
        equalsGreaterThanToken,
        whole,
      )
    }
    // Not of a constructor: nothing may stand before super().
    if (ts.isBlock(node) && isBody(node)) return factory.updateBlock(node, begun(node.statements))
    return node
  }

  const transformer: ts.TransformerFactory<ts.SourceFile> = context => file => {
    const visit = (node: ts.Node): ts.Node => {
      const word = wordOf(node)
      if (word) words.push(word)
      return branch(ts.visitEachChild(node, visit, context))
    }
    return ts.visitEachChild(file, visit, context)
  }
  const { outputText } = ts.transpileModule(source, {
    fileName: path,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    transformers: { before: [transformer] },
  })
  return { code: outputText, next, words }
}

const isShortCut = (kind: ts.SyntaxKind) =>
  kind === ts.SyntaxKind.AmpersandAmpersandToken ||
  kind === ts.SyntaxKind.BarBarToken ||
  kind === ts.SyntaxKind.QuestionQuestionToken

function isBody(node: ts.Block): boolean {
  const { parent } = ts.getOriginalNode(node)
  return parent !== undefined && ts.isFunctionLike(parent) && !ts.isConstructorDeclaration(parent)
}

function wordOf(node: ts.Node): Uint8Array | undefined {
  if (ts.isStringLiteralLike(node) && node.text !== '' && node.text.length <= MAX_WORD && !node.text.includes(' ')) {
    return Buffer.from(node.text)
  }
  if (!ts.isNumericLiteral(node)) return undefined
  const value = Number(node.text)
  if (!Number.isInteger(value) || value < 256 || value > 0xffff_ffff) return undefined
  // As four bytes: digits are made elsewhere.
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
