import { testModule } from '../engine/module/test.js'
import pamLimits from './pam_limits.js'

const path = '/etc/security/limits.conf'
const line = 'joe\tsoft\tnofile\t64000\n'

testModule(
  pamLimits,
  { domain: 'joe', limit_type: 'soft', limit_item: 'nofile', value: '64000' },
  {
    'adds a limit, and tells of the content without --diff, too': {
      files: { [path]: '# End\n' },
      leaves: { [path]: `# End\n${line}` },
      returns: { msg: line, diff: { before: '# End\n', after: `# End\n${line}` } },
    },
    'changes a limit': { files: { [path]: 'joe soft nofile 1 # old\n' }, leaves: { [path]: line } },
    'leaves a larger one with use_max': {
      args: { use_max: true },
      files: { [path]: 'joe soft nofile 65000\n' },
      changed: false,
    },
    'refuses what is no number': { args: { value: 'many' }, fails: /Value of 'many' for item 'nofile' is invalid/ },
  },
)
