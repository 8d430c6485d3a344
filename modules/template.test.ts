import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { testModule } from '../engine/module/test.js'
import template from './template.js'

const local = mkdtempSync(join(tmpdir(), 'template-'))
afterAll(() => rmSync(local, { recursive: true }))
const src = join(local, 'x.j2')
writeFileSync(src, 'hello é\n')
const about = join(local, 'about.j2')
writeFileSync(about, '{{ template_path }}|{{ template_destpath }}')

testModule(
  template,
  { dest: '/srv/x', src },
  {
    'writes what the template gives': { after: 'hello é\n', changed: true, returns: { dest: '/srv/x', src, size: 9 } },
    'tells a template where it goes': { args: { src: about }, after: `${about}|/srv/x` },
    'leaves a file below a directory that is there, and names the directory': {
      args: { dest: '/srv/x/', force: false },
      files: { '/srv/x': { directory: true }, '/srv/x/x.j2': 'old' },
      changed: false,
      returns: { dest: '/srv/x/', src },
    },
    'leaves what is right': { before: 'hello é\n', changed: false, returns: { path: '/srv/x' } },
    'takes its name below a directory': {
      before: { directory: true },
      leaves: { '/srv/x/x.j2': 'hello é\n' },
      returns: { dest: '/srv/x/x.j2' },
    },
    'writes another encoding': {
      args: { output_encoding: 'latin-1' },
      after: Buffer.from('hello é\n', 'latin1'),
    },
    'needs a template': { args: { src: undefined }, fails: 'src and dest are required' },
    'knows three kinds of newlines': {
      args: { newline_sequence: 'x' },
      fails: 'newline_sequence needs to be one of: \n, \r or \r\n',
    },
  },
)
