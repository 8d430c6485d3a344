import { rpmModule } from './packages/dnf.js'

export default rpmModule('yum', 'Packages of Red Hat Enterprise Linux 7 and older; on newer systems the same as dnf', [
  'dnf',
  'yum',
  'dnf5',
])
