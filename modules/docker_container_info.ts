import { infoModule } from './docker/info.js'

export default infoModule('container', { type: 'str', summary: 'name or id of the container' })
