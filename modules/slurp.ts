import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'

export default defineModule({
  name: 'ansible.builtin.slurp',
  summary: 'Read a file of a host',
  check: 'full',
  args: { src: { type: 'path', required: true, aliases: ['path'], summary: 'file to read' } },
  returns: { content: 'the file in base64', encoding: 'base64', source: 'path of the file' },
  order: ['content', 'source', 'encoding'],
  examples: `
- ansible.builtin.slurp:
    src: /proc/mounts
  register: mounts
- ansible.builtin.debug:
    msg: "{{ mounts['content'] | b64decode }}"
`,

  async run({ args: { src }, remote, fail }) {
    const file = await remote.file(src, { want: 'text' })
    if (!file.exists) return fail(await remote.query(whyMissing(src)))
    if (file.isDirectory) fail(`source is a directory and must be a file: ${src}`)
    // What the kernel makes up on reading (/proc, /sys) says it is empty.
    const bytes = file.size === 0 && file.isFile && /^\/(proc|sys)\//.test(src) ? await read() : file.bytes
    return { content: bytes.toString('base64'), encoding: 'base64', source: src }

    async function read(): Promise<Buffer> {
      const chunks: Buffer[] = []
      for await (const chunk of await remote.download(src)) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    }
  },
})

/** A file that is not seen may be hidden in a directory that this user cannot enter, or stand below another file. */
const whyMissing = (path: string): Query<string> => ({
  command: sh`LC_ALL=C cat ${path} 2>&1 >/dev/null || :`,
  parse: stderr =>
    stderr.includes('Permission denied')
      ? `file is not readable: ${path}`
      : stderr.includes('Not a directory')
        ? `unable to slurp file: ${stderr.trim()}`
        : `file not found: ${path}`,
})
