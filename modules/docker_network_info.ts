import { infoModule } from './docker/info.js'

export default infoModule('network', { type: 'str', summary: 'name or id of the network' })
