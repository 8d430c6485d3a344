import { rpmModule } from './packages/dnf.js'

export default rpmModule('dnf', 'Packages of Fedora, Red Hat Enterprise Linux and their relatives', [
  'dnf',
  'dnf5',
  'yum',
])
