/** What a text of SQL holds, as the server's lexer sees it: quotes, dollar quotes and nested comments hide semicolons. */

const token =
  /--[^\n]*|\/\*|\bE'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[;()]/gi

/** The statements of a text, without comments around them and without empty ones. */
export function statementsOf(text: string): string[] {
  const found: string[] = []
  let current = ''
  let depth = 0
  let end = 0
  const scan = new RegExp(token)
  for (let match = scan.exec(text); match; match = scan.exec(text)) {
    current += text.slice(end, match.index)
    const [one] = match
    if (one === '/*') scan.lastIndex = afterComment(text, match.index)
    else if (one === ';' && depth === 0) {
      found.push(current)
      current = ''
    } else if (!one.startsWith('--')) current += one
    if (one === '(') depth += 1
    if (one === ')') depth -= 1
    end = scan.lastIndex
    if (one === '/*' || one.startsWith('--')) current += ' '
  }
  found.push(current + text.slice(end))
  return found.map(one => one.trim()).filter(one => one !== '')
}

/** Comments nest. */
function afterComment(text: string, start: number): number {
  const edge = /\/\*|\*\//g
  edge.lastIndex = start
  let depth = 0
  for (let match = edge.exec(text); match; match = edge.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex
  }
  return text.length
}
