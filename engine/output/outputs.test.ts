import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadSettings } from '../settings/load.js'
import json from './json.js'
import jsonl from './jsonl.js'
import junit from './junit.js'
import logPlays from './log-plays.js'
import minimal from './minimal.js'
import oneline from './oneline.js'
import { openOutputs } from './outputs.js'
import { profileTasks } from './profile.js'
import { debugTask, ends, itemEnds, play, recap, rehearse, starts, task } from './test.js'
import timer from './timer.js'
import tree from './tree.js'
import yaml from './yaml.js'

const ping = task('ping', { action: 'ansible.builtin.ping', written: 'ping', named: false })
const command = task('run it')
const printed = { cmd: 'x', rc: 0, stdout: 'a\nb', stderr: '', msg: '' }

describe('minimal', () => {
  it('prints what commands print, and JSON for other modules', () => {
    const { stdout } = rehearse(minimal, [
      ends(command, 'h1', 'changed', printed),
      ends(command, 'h2', 'failed', { ...printed, rc: 1, stderr: 'err', msg: 'non-zero return code' }),
      ends(ping, 'h1', 'ok', { ping: 'pong' }),
      ends(ping, 'h2', 'unreachable', { msg: 'no', unreachable: true }),
      ends(ping, 'h3', 'skipped'),
      ends(ping, 'h4', 'failed', { msg: 'x' }),
    ])
    expect(stdout).toBe(`h1 | CHANGED | rc=0 >>
a
b
h2 | FAILED | rc=1 >>
a
berrnon-zero return code
h1 | SUCCESS => {
    "changed": false,
    "ping": "pong"
}
h2 | UNREACHABLE! => {
    "changed": false,
    "msg": "no",
    "unreachable": true
}
h3 | SKIPPED
h4 | FAILED! => {
    "changed": false,
    "msg": "x"
}
`)
  })
})

describe('oneline', () => {
  it('keeps each result on its line', () => {
    const { stdout } = rehearse(oneline, [
      ends(command, 'h1', 'changed', { ...printed, stderr: 'e\n' }),
      ends(command, 'h1', 'failed', { rc: 1 }),
      ends(ping, 'h1', 'ok', { ping: { a: 1 } }),
      ends(debugTask(), 'h1', 'ok', { msg: 'x' }),
      ends(ping, 'h2', 'unreachable', { msg: 'no way' }),
    ])
    expect(stdout).toBe(`h1 | CHANGED | rc=0 | (stdout) a\\nb (stderr) e\\n
h1 | FAILED! => {"changed": false,"rc": 1}
h1 | SUCCESS => {"changed": false,"ping": {"a": 1}}
h1 | SUCCESS => {    "changed": false,    "msg": "x"}
h2 | UNREACHABLE!: no way
`)
  })
})

describe('yaml', () => {
  it('puts the result below the status line, long texts as blocks', () => {
    const { stdout } = rehearse(yaml, [
      ends(command, 'h1', 'failed', {
        cmd: ['a\\nb'],
        stdout: 'a \nb',
        stdout_lines: ['a', 'b'],
        end: '2026-01-01 00:00:00',
      }),
      ends(debugTask(), 'h1', 'ok', { msg: 'hello' }),
    ])
    expect(stdout.split('\n').slice(2).join('\n')).toBe(`fatal: [h1]: FAILED! => changed=false 
  cmd:
  - a\\nb
  end: '2026-01-01 00:00:00'
  stdout: |-
    a
    b
  stdout_lines: <omitted>

TASK [debug] *******************************************************************
ok: [h1] => 
  msg: hello
`)
  })

  it('puts what follows a tab in a column of eight', () => {
    const { stdout } = rehearse(yaml, [ends(command, 'h1', 'failed', { text: 'a\tb\n1234567\tc\t\td\n12345678\te' })])
    expect(stdout).toContain('    a       b\n    1234567 c               d\n    12345678        e\n')
  })

  it('is also a format of default', () => {
    const environ = { ANSIBLE_CALLBACK_RESULT_FORMAT: 'yaml' }
    expect(rehearse(minimal, [ends(ping, 'h1', 'ok', { stdout: 'a\nb', ping: 'pong' })], { environ }).stdout).toBe(
      'h1 | SUCCESS => \n    changed: false\n    ping: pong\n    stdout: |-\n        a\n        b\n',
    )
  })
})

describe('json', () => {
  const events = [
    { ...play('p1'), path: '/site/play.yml:1' } as ReturnType<typeof play>,
    starts(command),
    itemEnds(command, 'h1', 'ok', 1),
    ends(command, 'h1', 'failed', { rc: 1 }),
    recap({ h1: { failures: 1 } }, { _run: { a: 1 } }),
  ]

  it('is one document', () => {
    const { stdout } = rehearse(json, events, { environ: { ANSIBLE_SHOW_CUSTOM_STATS: '1' }, clock: [0, 1, 2000] })
    expect(JSON.parse(stdout)).toEqual({
      custom_stats: {},
      global_custom_stats: { a: 1 },
      plays: [
        {
          play: {
            duration: { start: '1970-01-01T00:00:00.000000Z', end: '1970-01-01T00:00:02.000000Z' },
            id: 'p1',
            name: 'p1',
            path: '/site/play.yml:1',
          },
          tasks: [
            {
              hosts: { h1: { action: 'command', changed: false, failed: true, rc: 1 } },
              task: {
                duration: { start: '1970-01-01T00:00:00.001000Z', end: '1970-01-01T00:00:02.000000Z' },
                id: 'run it',
                name: 'run it',
                path: '/site/play.yml:3',
              },
            },
          ],
        },
      ],
      stats: { h1: { ok: 0, changed: 0, unreachable: 0, failures: 1, skipped: 0, rescued: 0, ignored: 0 } },
    })
    expect(stdout).toMatch(/^\{\n {4}"custom_stats": \{\},\n/)
  })

  it('tells of a meta task that a condition left out', () => {
    const skips = {
      type: 'meta_skipped',
      task: command,
      host: 'h1',
      result: new Map([
        ['msg', 'end_play'],
        ['skip_reason', 'end_play conditional evaluated to False'],
      ]),
    } as const
    const { stdout } = rehearse(json, [play('p1'), starts(command), skips, recap({ h1: {} })])
    expect(JSON.parse(stdout).plays[0].tasks[0].hosts.h1).toEqual({
      action: 'command',
      msg: 'end_play',
      skip_reason: 'end_play conditional evaluated to False',
      skipped: true,
    })
  })

  it('is a line per event as jsonl', () => {
    const lines = rehearse(jsonl, events).stdout.trim().split('\n')
    expect(lines.map(line => JSON.parse(line)._event)).toEqual([
      'v2_playbook_on_play_start',
      'v2_playbook_on_task_start',
      'v2_runner_item_on_ok',
      'v2_runner_on_failed',
      'v2_playbook_on_stats',
    ])
    expect(lines[1]).toBe(
      '{"_event":"v2_playbook_on_task_start","_timestamp":"1970-01-01T00:00:00.000000Z","hosts":{},"task":{"duration":{"start":"1970-01-01T00:00:00.000000Z"},"id":"run it","name":"run it","path":"/site/play.yml:3"}}',
    )
  })
})

describe('reports in files', () => {
  it('write JUnit tests, with what failed and what was skipped', () => {
    const args = new Map([['msg', 'a <b>']])
    const { files } = rehearse(
      junit,
      [
        { type: 'playbook_start', file: '/site/site.yml', files: 1 },
        play('p1'),
        ends(task('t1', { args }), 'h1', 'failed', { msg: 'bad & "worse"' }, { duration: 0.5 }),
        ends(task('t2'), 'h1', 'skipped', { skip_reason: 'Conditional result was False' }, { duration: 0.25 }),
        recap({}),
      ],
      { environ: { JUNIT_OUTPUT_DIR: '/out' }, clock: [1000] },
    )
    expect(files.get('/out/site-1.xml')).toBe(`<?xml version="1.0" ?>
<testsuites disabled="0" errors="0" failures="1" tests="2" time="0.75">
	<testsuite disabled="0" errors="0" failures="1" name="site" skipped="1" tests="2" time="0.75">
		<testcase classname="/site/play.yml:3" name="[h1] p1: t1 msg=a &lt;b&gt;" time="0.5">
			<failure message="bad &amp; &quot;worse&quot;" type="failure">{
&quot;changed&quot;: false,
&quot;msg&quot;: &quot;bad &amp; \\&quot;worse\\&quot;&quot;
}</failure>
		</testcase>
		<testcase classname="/site/play.yml:3" name="[h1] p1: t2" time="0.25">
			<skipped>Conditional result was False</skipped>
		</testcase>
	</testsuite>
</testsuites>
`)
  })

  it('keep the last result of each host', () => {
    const { files } = rehearse(tree, [ends(ping, 'h1', 'ok'), ends(ping, 'h1', 'failed', { msg: 'x' })])
    expect([...files]).toEqual([['/home/user/.ansible/tree/h1', '{"changed": false, "msg": "x"}\n']])
  })

  it('append to a log per host', () => {
    const { files } = rehearse(logPlays, [
      { type: 'playbook_start', file: '/site/site.yml', files: 1 },
      ends(ping, 'h1', 'ok', { ping: 'pong' }),
    ])
    expect(files.get('/var/log/ansible/hosts/h1')).toMatch(
      /^Jan 01 1970 \d\d:00:00 - site\.yml - {2}- ping - OK - \{"changed": false, "ping": "pong"\}\n\n$/,
    )
  })
})

describe('times', () => {
  it('are shown before each task and summed up', () => {
    const [one, two] = [task('one'), task('two', { role: 'web' })]
    const { stdout } = rehearse(profileTasks, [starts(one), starts(two), recap({})], { clock: [0, 29, 1029, 3500] })
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^\w+ \d\d January 1970 {2}\d\d:00:00 [+-]\d{4} \(0:00:00\.029\) {7}0:00:00\.029 \*+ $/)
    expect(lines[2]).toContain('(0:00:02.471)       0:00:03.500 ***')
    expect(lines.slice(3, 6)).toEqual([
      `${'='.repeat(79)} `,
      `web : two ${'-'.repeat(63)} 2.47s`,
      `one ${'-'.repeat(69)} 1.00s`,
    ])
  })

  it('of the whole run stand at the end', () => {
    expect(rehearse(timer, [recap({})], { clock: [0, 90_061_000] }).stdout).toBe(
      'Playbook run took 1 days, 1 hours, 1 minutes, 1 seconds\n',
    )
  })
})

describe('which outputs there are', () => {
  const open = async (environ: Record<string, string>) => {
    const settings = loadSettings({ environ: { HOME: '/nowhere', ANSIBLE_CONFIG: '/dev/null', ...environ }, cwd: '/' })
    let [stdout, stderr] = ['', '']
    const write = {
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
    }
    const outputs = await openOutputs({ settings, environ, verbosity: 1, checkMode: false, ...write })
    outputs.emit({ type: 'warning', text: 'careful' })
    outputs.emit({ type: 'debug', level: 1, text: 'one', host: 'h1' })
    outputs.emit({ type: 'debug', level: 2, text: 'two' })
    outputs.emit(ends(ping, 'h1', 'ok'))
    outputs.emit(recap({}))
    return { stdout, stderr }
  }

  it('is said by the settings; messages are shown whatever it is', async () => {
    const environ = { ANSIBLE_STDOUT_CALLBACK: 'ansible.builtin.oneline', ANSIBLE_CALLBACKS_ENABLED: 'timer, nosuch' }
    const { stdout, stderr } = await open(environ)
    expect(stdout).toMatch(/^<h1> one\nh1 \| SUCCESS => \{"changed": false\}\nPlaybook run took 0 days/)
    expect(stderr).toContain("[WARNING]: Skipping callback plugin 'nosuch', unable to load.")
    expect(stderr).toContain('[WARNING]: careful\n')
  })

  it('has to be one we know', async () => {
    await expect(open({ ANSIBLE_STDOUT_CALLBACK: 'jsn' })).rejects.toThrow('Invalid callback for stdout specified: jsn')
  })

  it('go to the log file, too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-'))
    await open({ ANSIBLE_LOG_PATH: join(folder, 'log'), ANSIBLE_FORCE_COLOR: '1' })
    const log = readFileSync(join(folder, 'log'), 'utf8')
    rmSync(folder, { recursive: true })
    expect(log).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} p=\d+ u=\S+ n=ansible \| \[WARNING\]: careful\n\n/)
    expect(log).toMatch(/n=ansible \| ok: \[h1\] => \{"changed": false\}\n/)
  })
})
