import { testModule } from '../engine/module/test.js'
import { changing, type FakeCommands } from '../engine/remote/fake.js'
import alternatives from './alternatives.js'

/** What is asked answers `before`, and `after` once the program changed something. */
const host =
  (before: string, after = before, tool = '/usr/bin/update-alternatives') =>
  (): FakeCommands => {
    const { now, change } = changing(before, after)
    return [
      [/^t=\$\(command -v /, () => `tool ${tool}\n${now()}`],
      [/alternatives --/, change],
    ]
  }

/** As `update-alternatives --query` of Debian prints it. */
const group = (
  value: string,
  choices: { readonly [path: string]: number },
  { mode = 'manual', slaves = false }: { mode?: string; slaves?: boolean } = {},
) => {
  const more = (path: string) => (slaves ? `Slaves:\n pager.1.gz /usr/share/man/man1/${path}.1.gz\n` : '')
  const blocks = Object.entries(choices).map(
    ([path, priority]) => `\nAlternative: ${path}\nPriority: ${priority}\n${more(path.slice(9))}`,
  )
  return `Name: pager\nLink: /usr/bin/pager\n${more('pager')}Status: ${mode}\nBest: /usr/bin/less\nValue: ${value}\n${blocks.join('')}`
}
const files = { '/usr/bin/less': '', '/usr/bin/most': '' }

/** As `alternatives --display` of Red Hat prints it. */
const java = (chosen: string) => `java - status is manual.
 link currently points to /usr/lib/jvm/${chosen}/java
/usr/lib/jvm/11/java - family java-11.x86_64 priority 1100
/usr/lib/jvm/8/java - family java-8.x86_64 priority 800
Current \`best' version is /usr/lib/jvm/11/java.
`

testModule(
  alternatives,
  { name: 'pager', path: '/usr/bin/most' },
  {
    'chooses what is known': {
      files,
      commands: host(
        group('/usr/bin/less', { '/usr/bin/less': 77, '/usr/bin/most': 60 }, { mode: 'auto' }),
        group('/usr/bin/most', { '/usr/bin/less': 77, '/usr/bin/most': 60 }),
      ),
      runs: ['/usr/bin/update-alternatives --set pager /usr/bin/most'],
      returns: { msg: "Set alternative '/usr/bin/most' for 'pager'." },
      diff: {
        before: { state: 'present', path: '/usr/bin/most', priority: 60, link: '/usr/bin/pager' },
        after: { state: 'selected' },
      },
    },
    'leaves what is chosen': {
      files,
      commands: host(group('/usr/bin/most', { '/usr/bin/less': 77, '/usr/bin/most': 60 })),
      changed: false,
      returns: { msg: '' },
    },
    'adds what is not known, by the link of the others, and chooses it': {
      files,
      commands: host(
        group('/usr/bin/less', { '/usr/bin/less': 77 }),
        group('/usr/bin/most', { '/usr/bin/less': 77, '/usr/bin/most': 50 }),
      ),
      runs: [
        '/usr/bin/update-alternatives --install /usr/bin/pager pager /usr/bin/most 50',
        '/usr/bin/update-alternatives --set pager /usr/bin/most',
      ],
    },
    'adds the first of its name with what goes with it, and does not choose it': {
      args: {
        state: 'present',
        link: '/usr/bin/pager',
        priority: 60,
        subcommands: [
          { name: 'pager.1.gz', path: '/usr/share/man/man1/most.1.gz', link: '/usr/share/man/man1/pager.1.gz' },
        ],
      },
      files,
      commands: host('', group('/usr/bin/most', { '/usr/bin/most': 60 }, { mode: 'auto', slaves: true })),
      runs: [
        '/usr/bin/update-alternatives --install /usr/bin/pager pager /usr/bin/most 60 --slave /usr/share/man/man1/pager.1.gz pager.1.gz /usr/share/man/man1/most.1.gz',
      ],
    },
    'gives another priority': {
      args: { priority: 90, state: 'present' },
      files,
      commands: host(
        group('/usr/bin/less', { '/usr/bin/less': 77, '/usr/bin/most': -100 }),
        group('/usr/bin/less', { '/usr/bin/less': 77, '/usr/bin/most': 90 }),
      ),
      runs: ['/usr/bin/update-alternatives --install /usr/bin/pager pager /usr/bin/most 90'],
    },
    'takes away what goes with it': {
      args: { subcommands: [], state: 'present' },
      files,
      commands: host(
        group('/usr/bin/most', { '/usr/bin/most': 60 }, { slaves: true }),
        group('/usr/bin/most', { '/usr/bin/most': 60 }),
      ),
      runs: ['/usr/bin/update-alternatives --install /usr/bin/pager pager /usr/bin/most 60'],
    },
    'leaves the choice to the priorities': {
      args: { state: 'auto' },
      files,
      commands: host(
        group('/usr/bin/most', { '/usr/bin/less': 77, '/usr/bin/most': 60 }),
        group('/usr/bin/less', { '/usr/bin/less': 77, '/usr/bin/most': 60 }, { mode: 'auto' }),
      ),
      runs: ['/usr/bin/update-alternatives --auto pager'],
    },
    'forgets a program that is gone already': {
      args: { state: 'absent' },
      commands: host(
        group('/usr/bin/most', { '/usr/bin/less': 77, '/usr/bin/most': 60 }),
        group('/usr/bin/less', { '/usr/bin/less': 77 }, { mode: 'auto' }),
      ),
      runs: ['/usr/bin/update-alternatives --remove pager /usr/bin/most'],
      returns: { msg: "Remove alternative '/usr/bin/most' from 'pager'." },
    },
    'reads what Red Hat prints': {
      args: { name: 'java', path: '/usr/lib/jvm/8/java', priority: -5 },
      files: { '/usr/lib/jvm/8/java': '' },
      commands: host(
        `java - status is manual.
 link currently points to /usr/lib/jvm/8/java
/usr/lib/jvm/11/java - family java-11.x86_64 priority 1100
 follower jre: /usr/lib/jvm/11
/usr/lib/jvm/8/java - priority -5
 follower jre: /usr/lib/jvm/8
Current \`best' version is /usr/lib/jvm/11/java.
`,
        undefined,
        '/usr/sbin/alternatives',
      ),
      changed: false,
    },
    'chooses a family': {
      args: { name: 'java', path: undefined, family: 'java-11.x86_64' },
      commands: host(java('8'), java('11'), '/usr/sbin/alternatives'),
      runs: ['/usr/sbin/alternatives --set java java-11.x86_64'],
      returns: { msg: "Set alternative 'java-11.x86_64' for 'java'." },
      diff: { before: { state: 'absent' }, after: { state: 'selected' } },
    },
    'leaves the family that is chosen': {
      args: { name: 'java', path: undefined, family: 'java-11.x86_64' },
      commands: host(java('11'), undefined, '/usr/sbin/alternatives'),
      changed: false,
    },
    'a family alone is nothing that could be added or forgotten': {
      args: { name: 'java', path: undefined, family: 'java-8.x86_64', state: 'absent' },
      commands: host(java('11'), undefined, '/usr/sbin/alternatives'),
      changed: false,
    },
    'records the family of what it adds': {
      args: {
        name: 'java',
        path: '/usr/lib/jvm/8/java',
        link: '/usr/bin/java',
        family: 'java-8.x86_64',
        state: 'present',
      },
      files: { '/usr/lib/jvm/8/java': '' },
      commands: host('', java('8'), '/usr/sbin/alternatives'),
      runs: ['/usr/sbin/alternatives --install /usr/bin/java java /usr/lib/jvm/8/java 50 --family java-8.x86_64'],
    },
    'wants a program or a family': {
      args: { path: undefined },
      fails: 'one of the following is required: path, family',
    },
    'has no such program': {
      commands: host(group('/usr/bin/less', { '/usr/bin/less': 77 })),
      fails: 'Specified path /usr/bin/most does not exist',
    },
    'needs a link for the first of its name': {
      files,
      commands: host(''),
      fails: 'Needed to install the alternative, but unable to do so as we are missing the link',
    },
    'needs update-alternatives': {
      files,
      commands: host('', '', ''),
      fails: /^Failed to find required executable "update-alternatives" in paths: /,
    },
  },
)
