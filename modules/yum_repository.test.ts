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
    'needs its directory': { fails: "Repo directory '/etc/yum.repos.d' does not exist." },
  },
)
