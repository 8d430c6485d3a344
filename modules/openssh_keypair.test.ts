import { testModule } from '../engine/module/test.js'
import keypair from './openssh_keypair.js'

testModule(
  keypair,
  { path: '/nowhere/id' },
  {
    'makes no directory': {
      commands: { 'command -v ssh-keygen *': '//public\n//derived\n' },
      fails: 'The directory /nowhere does not exist or the file is not a directory',
    },
  },
)
