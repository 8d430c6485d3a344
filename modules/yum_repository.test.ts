import { testModule } from '../engine/module/test.js'
import yumRepository from './yum_repository.js'

const text = '[epel]\nbaseurl = http://e/\nname = E\n\n'
const header = { before_header: '/etc/yum.repos.d/epel.repo', after_header: '/etc/yum.repos.d/epel.repo' }

testModule(
  yumRepository,
  { name: 'epel', description: 'E', baseurl: 'http://e/' },
  {
    'writes a repository, and tells of the content without --diff, too': {
      files: { '/etc/yum.repos.d': { directory: true } },
      leaves: { '/etc/yum.repos.d/epel.repo': text },
      returns: { repo: 'epel', state: 'present', diff: { ...header, before: '', after: text } },
    },
    'leaves what is right': {
      files: { '/etc/yum.repos.d/epel.repo': text },
      changed: false,
      returns: { diff: { ...header, before: text, after: text } },
    },
    'removes the file with its last repository': {
      args: { state: 'absent' },
      files: { '/etc/yum.repos.d/epel.repo': text },
      leaves: { '/etc/yum.repos.d/epel.repo': null },
      returns: { diff: { ...header, before: text, after: '' } },
    },
    'puts what it changes at the end, leaves the order of the others, and shows all of it sorted': {
      files: { '/etc/yum.repos.d/epel.repo': '# top\n[epel]\nname=Old\n\n[other]\nName = O\nbaseurl: a\n  b\n' },
      leaves: { '/etc/yum.repos.d/epel.repo': `[other]\nname = O\nbaseurl = a\n\tb\n\n${text}` },
      returns: {
        diff: {
          ...header,
          before: '[epel]\nname = Old\n\n[other]\nbaseurl = a\nb\nname = O\n\n',
          after: `${text}[other]\nbaseurl = a\nb\nname = O\n\n`,
        },
      },
    },
    'refuses a file that it would lose something of': {
      files: { '/etc/yum.repos.d/epel.repo': '[a]\nx=1\n[a]\nx=2\n' },
      fails: "While reading from '/etc/yum.repos.d/epel.repo' [line 3]: section 'a' already exists",
    },
    'refuses a line without a section': {
      files: { '/etc/yum.repos.d/epel.repo': 'nothing\n[a]\n' },
      fails: /\[line 1\]: File contains no section headers\./,
    },
    'refuses an option without a value': {
      files: { '/etc/yum.repos.d/epel.repo': '[a]\nnothing\n' },
      fails: /\[line 2\]: Source contains parsing errors: 'nothing'/,
    },
    'refuses an option that is there twice': {
      files: { '/etc/yum.repos.d/epel.repo': '[a]\nx=1\nX=2\n' },
      fails: /\[line 3\]: option 'x' already exists/,
    },
    'needs its directory': { fails: "Repo directory '/etc/yum.repos.d' does not exist." },
  },
)
