const pythonKeywords = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
)

/** Is this a name that Ansible accepts for a variable? */
export const isVariableName = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !pythonKeywords.has(name)

/** Fails in Ansible's words when it is not. */
export function checkVariableName(name: string, fail: (msg: string) => never): void {
  if (!isVariableName(name))
    fail(
      `The variable name '${name}' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.`,
    )
}
