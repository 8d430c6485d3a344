import { describe, expect, it } from 'vitest'
import output from './default.js'
import { debugTask, ends, itemEnds, play, recap, rehearse, type Stage, starts, task } from './test.js'

const shown = (events: Parameters<typeof rehearse>[1], stage?: Stage) => rehearse(output, events, stage)
const command = { cmd: ['echo', 'é"'], msg: '', rc: 0, stdout: 'a\nb', invocation: { module_args: { x: null } } }

describe('results', () => {
  it('prints banners, statuses and the recap as Ansible does', () => {
    const one = task('one')
    const { stdout } = shown([
      play('first play', ['h1', 'h2']),
      starts(one),
      ends(one, 'h1', 'changed', command),
      ends(one, 'h2', 'ok', command),
      recap({ h2: { ok: 1 }, h1: { ok: 1, changed: 1 } }),
    ])
    expect(stdout).toBe(`
PLAY [first play] **************************************************************

TASK [one] *********************************************************************
changed: [h1]
ok: [h2]

PLAY RECAP *********************************************************************
h1                         : ok=1    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   
h2                         : ok=1    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   

`)
  })

  it('dumps a failure on one line, with sorted keys and without invocation', () => {
    const one = task('one')
    const events = [starts(one), ends(one, 'h1', 'failed', command, { ignored: true })]
    expect(shown(events).stdout).toContain(
      'fatal: [h1]: FAILED! => {"changed": false, "cmd": ["echo", "é\\""], "msg": "", "rc": 0, "stdout": "a\\nb"}\n...ignoring\n',
    )
    expect(shown(events, { verbosity: 3 }).stdout).toContain(`task path: /site/play.yml:3
fatal: [h1]: FAILED! => {
    "changed": false,
    "cmd": [
        "echo",
        "é\\""
    ],
    "invocation": {
        "module_args": {
            "x": null
        }
    },
`)
  })

  it('sends failures to stderr when told to', () => {
    const one = task('one')
    const { stdout, stderr } = shown([starts(one), ends(one, 'h1', 'failed', { msg: 'x' }, { ignored: true })], {
      environ: { ANSIBLE_DISPLAY_FAILED_STDERR: '1' },
    })
    expect(stderr).toBe('fatal: [h1]: FAILED! => {"changed": false, "msg": "x"}\n')
    expect(stdout).toMatch(/\*\n\.\.\.ignoring\n$/)
  })

  it('names the host that did the work', () => {
    const one = task('one')
    const { stdout } = shown([
      starts(one),
      ends(one, 'h1', 'ok', {}, { delegatedTo: 'dd', delegatedAddress: '127.0.0.3' }),
      ends(one, 'h1', 'ok', {}, { delegatedTo: 'localhost', delegatedAddress: 'localhost' }),
    ])
    expect(stdout).toContain('ok: [h1 -> dd(127.0.0.3)]\nok: [h1 -> localhost]\n')
  })

  it('shows unreachable hosts', () => {
    const one = task('one')
    const { stdout } = shown([starts(one), ends(one, 'h1', 'unreachable', { msg: 'no', unreachable: true })])
    expect(stdout).toContain('fatal: [h1]: UNREACHABLE! => {"changed": false, "msg": "no", "unreachable": true}\n')
  })

  it('puts warnings on stderr, once, and not in the dump', () => {
    const one = task('one')
    const event = ends(one, 'h1', 'ok', { warnings: ['careful'] })
    const { stdout, stderr } = shown([starts(one), event, event], { verbosity: 1 })
    expect(stderr).toBe('[WARNING]: careful\n')
    expect(stdout).toContain('ok: [h1] => {"changed": false}\n')
  })
})

describe('debug', () => {
  it('shows the message alone', () => {
    const one = debugTask()
    expect(shown([starts(one), ends(one, 'h1', 'ok', { msg: 'hello', item: 1 })]).stdout).toContain(
      'ok: [h1] => {\n    "msg": "hello"\n}\n',
    )
  })

  it('shows a variable with the loop around it', () => {
    const one = debugTask()
    expect(shown([starts(one), itemEnds(one, 'h1', 'ok', 1, { 'big.a': [1, 2] })]).stdout).toContain(`=> (item=1) => {
    "ansible_loop_var": "item",
    "big.a": [
        1,
        2
    ],
    "item": 1
}
`)
  })

  it('repeats a failed loop, as it has lost its results', () => {
    const one = debugTask()
    const { stdout } = shown([
      starts(one),
      itemEnds(one, 'h1', 'failed', 1, { msg: 'ff' }),
      ends(
        one,
        'h1',
        'failed',
        { msg: 'One or more items failed', results: [] },
        { looped: true, ignored: true, verboseAlways: false },
      ),
    ])
    expect(stdout).toContain(`failed: [h1] (item=1) => {
    "msg": "ff"
}
fatal: [h1]: FAILED! => {"msg": "One or more items failed"}
...ignoring
`)
  })
})

describe('loops', () => {
  it('prints a line per item and nothing for the whole', () => {
    const one = task('loop')
    const { stdout } = shown([
      starts(one),
      itemEnds(one, 'h1', 'changed', { a: 1 }),
      itemEnds(one, 'h1', 'skipped', 2),
      itemEnds(one, 'h1', 'failed', 3),
      ends(one, 'h1', 'failed', { results: [] }, { looped: true }),
    ])
    expect(stdout).toContain(`changed: [h1] => (item={'a': 1})
skipping: [h1] => (item=2) 
failed: [h1] (item=3) => {"ansible_loop_var": "item", "changed": false, "item": 3}
`)
    expect(stdout).not.toContain('fatal')
  })

  it('says when all items were skipped', () => {
    const one = task('loop')
    const { stdout } = shown(
      [
        starts(one),
        itemEnds(one, 'h1', 'skipped', 1, { skip_reason: 'Conditional result was False' }),
        ends(one, 'h1', 'skipped', { msg: 'All items skipped', results: [] }, { looped: true }),
      ],
      { verbosity: 1 },
    )
    expect(stdout).toContain(
      'skipping: [h1] => (item=1)  => {"ansible_loop_var": "item", "changed": false, "item": 1, "skip_reason": "Conditional result was False"}\n' +
        'skipping: [h1] => {"changed": false, "msg": "All items skipped"}\n',
    )
  })

  it('counts down retries', () => {
    const one = task('retry')
    const { stdout } = shown([
      starts(one),
      { type: 'retry', host: 'h1', task: one, result: new Map(), attempts: 1, retries: 3, verboseAlways: false },
      { type: 'include', file: '/x/inc.yml', hosts: ['h1', 'h2'], item: 'a', task: one },
    ])
    expect(stdout).toContain(
      'FAILED - RETRYING: [h1]: retry (2 retries left).\nincluded: /x/inc.yml for h1, h2 => (item=a)\n',
    )
  })
})

describe('banners', () => {
  it('come late when only changes are shown', () => {
    const [one, two] = [task('one'), task('two')]
    const { stdout } = shown(
      [starts(one), ends(one, 'h1', 'ok'), starts(two), ends(two, 'h1', 'changed'), ends(two, 'h2', 'changed')],
      { environ: { ANSIBLE_DISPLAY_OK_HOSTS: 'no' } },
    )
    expect(stdout).toBe(`\nTASK [two] ${'*'.repeat(69)}\nchanged: [h1]\nchanged: [h2]\n`)
  })

  it('stand before each result when hosts go their own ways', () => {
    const [one, two] = [task('one'), task('two', { handler: true, role: 'web' })]
    const { stdout } = shown([
      play('p', ['h1'], 'free'),
      starts(one),
      ends(one, 'h1', 'ok'),
      { type: 'handler_start', task: two },
      ends(two, 'h1', 'ok'),
      ends(one, 'h2', 'ok'),
    ])
    expect(stdout.match(/^[A-Z].* \[.*?\]/gm)).toEqual([
      'PLAY [p]',
      'TASK [one]',
      'RUNNING HANDLER [web : two]',
      'TASK [one]',
    ])
  })

  it('show arguments and check mode when asked to, never secrets', () => {
    const args = new Map<string, string>([['msg', 'a']])
    const [one, two] = [task('one', { args, checkMode: true }), task('two', { args, noLog: true })]
    const { stdout } = shown([{ type: 'playbook_start', file: 'x.yml', files: 1 }, starts(one), starts(two)], {
      checkMode: true,
      environ: { ANSIBLE_DISPLAY_ARGS_TO_STDOUT: '1', ANSIBLE_CHECK_MODE_MARKERS: '1' },
    })
    expect(stdout.match(/^[A-Z][^*]*(?= \*)/gm)).toEqual(['DRY RUN', 'TASK [one msg=a] [CHECK MODE]', 'TASK [two]'])
  })

  it('measure wide letters and keep three stars', () => {
    const { stdout } = shown([play('日本'), play('x'.repeat(90))])
    expect(stdout).toBe(`\nPLAY [日本] ${'*'.repeat(68)}\n\nPLAY [${'x'.repeat(90)}] ***\n`)
  })
})

it('paints each line with the sequences of Ansible', () => {
  const one = debugTask()
  const { stdout } = shown([starts(one), ends(one, 'h1', 'ok', { msg: 'x' }), recap({ h1: { ok: 1, failures: 2 } })], {
    environ: { ANSIBLE_FORCE_COLOR: '1', ANSIBLE_COLOR_OK: 'rgb315' },
  })
  expect(stdout).toContain('\x1b[38;5;135mok: [h1] => {\x1b[0m\n\x1b[38;5;135m    "msg": "x"\x1b[0m\n')
  expect(stdout).toContain(`\x1b[0;31mh1\x1b[0m${' '.repeat(24)} : \x1b[38;5;135mok=1   \x1b[0m changed=0    `)
})

it('prints what set_stats collected', () => {
  const { stdout } = shown([recap({}, { h1: { c: 1 }, _run: { a: 2, b: ['x'] } })], {
    environ: { ANSIBLE_SHOW_CUSTOM_STATS: '1' },
  })
  expect(stdout).toMatch(/\n\nCUSTOM STATS: \*+\n\th1: \{ "c": 1\}\n\n\tRUN: \{ "a": 2, "b": \[ {2}"x" \]\}\n\n$/)
})

it('logs without colours and without blank lines', () => {
  const one = task('one')
  const { log } = shown([starts(one), ends(one, 'h1', 'ok'), recap({ h1: { ok: 1 } })], {
    environ: { ANSIBLE_FORCE_COLOR: '1' },
  })
  expect(log).toMatch(/^TASK \[one\] \*+\nok: \[h1\]\nPLAY RECAP \*+\nh1 {25}: ok=1 .*\n$/)
})

describe('diffs', () => {
  const one = task('copy', { diffMode: true })
  const diffOf = (diff: object, status: 'changed' | 'ok' = 'changed') =>
    shown([ends(one, 'h1', status, { diff: diff as never })])
      .stdout.split('\n')
      .slice(2, -2)
      .join('\n')

  it('compare files line by line and mark a missing last newline', () => {
    expect(diffOf({ before: 'a\nb', after: 'a\nc\n', before_header: '/x', after_header: '/y' })).toBe(`--- before: /x
+++ after: /y
@@ -1,2 +1,2 @@
 a
-b
\\ No newline at end of file
+c
`)
  })

  it('compare attributes as JSON', () => {
    expect(diffOf([{ before: { path: '/d', mode: '0755' }, after: { path: '/d', mode: '0700' } }])).toBe(`--- before
+++ after
@@ -1,4 +1,4 @@
 {
-    "mode": "0755",
+    "mode": "0700",
     "path": "/d"
 }
`)
  })

  it('are not shown for binary files, nor when nothing changed', () => {
    expect(diffOf({ src_binary: 1, dst_binary: 1 })).toBe(
      'diff skipped: destination file appears to be binary\ndiff skipped: source file appears to be binary',
    )
    expect(diffOf({ before: 'a', after: 'b' }, 'ok')).toBe('')
  })
})
