import { expect, test } from 'vitest'
import { hostFor, play, testModule } from '../engine/module/test.js'
import asyncStatus from './async_status.js'

const dir = '/root/.ansible_async'
const job = (parts: { readonly [part: string]: string }) =>
  Object.fromEntries(Object.entries(parts).map(([part, text]) => [`${dir}/j1.2${part}`, text]))
const started = '{"started": 1, "finished": 0, "ansible_job_id": "j1.2", "cmd": "sleep 9"}'
const known = { ansible_job_id: 'j1.2', results_file: `${dir}/j1.2`, started: 1 }

testModule(
  asyncStatus,
  { jid: 'j1.2', _async_dir: dir },
  {
    'says that a job is not done': {
      files: job({ '': started }),
      changed: false,
      returns: { ...known, finished: 0, stdout: '', stderr: '' },
    },
    'says how a job ended': {
      files: job({
        '': started,
        '.rc': '0\n',
        '.stdout': 'all\n',
        '.stderr': '',
        '.times': '1700000000.25 1700000002.5',
      }),
      changed: true,
      returns: { ...known, finished: 1, rc: 0, stdout: 'all', stderr: '', cmd: 'sleep 9', delta: '0:00:02.250000' },
      again: { changed: 'a command that ran has changed something, however often one asks' },
    },
    'fails as the job failed': {
      files: job({ '': started, '.rc': '3\n', '.stdout': '', '.stderr': 'no\n', '.times': '1 2' }),
      fails: 'non-zero return code',
      returns: { ...known, finished: 1, rc: 3, stderr: 'no' },
    },
    'fails for a job that took too long': {
      files: job({ '': started, '.rc': '143\n', '.stdout': '', '.stderr': '', '.times': '1 6', '.timeout': '5\n' }),
      fails: 'async task did not complete within the requested time - 5s',
      returns: { finished: 1 },
    },
    'gives back the result that a module has written': {
      files: job({ '': '{"started": 1, "finished": 1, "changed": false, "msg": "done", "answer": 42}' }),
      changed: false,
      returns: { ...known, finished: 1, msg: 'done', answer: 42 },
    },
    'knows no such job': {
      args: { jid: 'no.1' },
      fails: 'could not find job',
      returns: { ansible_job_id: 'no.1', started: 1, finished: 1 },
    },
    'cannot read what is no job': {
      files: job({ '': 'half a' }),
      fails: 'Could not parse job output: half a',
    },
    'asks the host where its jobs are': {
      args: { _async_dir: null },
      files: { '/srv/jobs/j1.2': started },
      commands: { 'printf "%s" "${ANSIBLE_ASYNC_DIR:-$HOME/.ansible_async}"': '/srv/jobs' },
      changed: false,
      returns: { results_file: '/srv/jobs/j1.2' },
      // Where a tilde leads, then what is there.
      trips: 2,
    },
  },
)

test('cleanup removes every file of a job', async () => {
  const one = {
    args: { jid: 'j1.2', _async_dir: dir, mode: 'cleanup' },
    files: { ...job({ '': started, '.rc': '0\n', '.stdout': '', '.stderr': '', '.times': '1 2' }), '/root/a': 'kept' },
  }
  const host = hostFor(one)
  const { result, changed } = await play(asyncStatus, one, host)
  expect({ changed, ...result }).toMatchObject({ changed: false, erased: `${dir}/j1.2`, finished: 0 })
  expect(host.glob(`${dir}/*`)).toEqual([])
  expect(host.text('/root/a')).toBe('kept')
})
