import { rpmModule } from './packages/dnf.js'

export default rpmModule('dnf5', 'Packages by dnf5', ['dnf5', 'dnf', 'yum'])
