/** Keeps the code that V8 makes of dist while it does some of everything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { keepCode } from './load-build.js'

const play = folder => `
- hosts: localhost
  connection: local
  vars: {greeting: "{{ 'hello' | upper }}", items: [1, 2]}
  tasks:
    - file: {path: ${folder}/made, state: directory, mode: "0755"}
    - copy: {content: "a\\n", dest: ${folder}/made/copied}
    - template: {src: ${folder}/play.j2, dest: ${folder}/made/templated}
      loop: "{{ items }}"
      register: made
    - lineinfile: {path: ${folder}/made/copied, line: b}
      when: made is changed
      notify: told
    - stat: {path: ${folder}/made/copied}
    - command: /bin/true
      changed_when: false
    - set_fact: {one: "{{ items | map('string') | join(',') }}"}
    - debug: {var: one}
  handlers:
    - name: told
      debug: {msg: "{{ greeting }}"}
- hosts: nobody
  gather_facts: false
  tasks:
    - command: /bin/true
`

const folder = mkdtempSync(join(tmpdir(), 'understudy-build-'))
try {
  writeFileSync(join(folder, 'play.yml'), play(folder))
  writeFileSync(join(folder, 'play.j2'), '{{ greeting }}{% for item in items %} {{ item }}{% endfor %}\n')
  // Nobody listens there: this much of ssh is seen as well.
  writeFileSync(join(folder, 'hosts'), 'nobody ansible_host=127.0.0.1 ansible_port=1\n')
  const nowhere = () => new PassThrough().resume()
  const io = {
    stdin: process.stdin,
    stdout: nowhere(),
    stderr: nowhere(),
    env: { PATH: process.env.PATH, HOME: folder },
    cwd: folder,
  }
  await keepCode(({ main }) => main(['playbook', '-i', 'hosts', 'play.yml'], io))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
