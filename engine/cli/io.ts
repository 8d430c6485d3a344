/** What a command may touch of the world: its streams, environment and folder; tests pass their own. */

export interface OutputStream {
  write(chunk: string | Uint8Array): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Asks a person; without it the controlling terminal is used. */
  readonly ask?: (prompt: string, options: { readonly hidden: boolean }) => Promise<string>
}
