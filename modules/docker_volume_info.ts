import { infoModule } from './docker/info.js'

export default infoModule('volume', { type: 'str', aliases: ['volume_name'], summary: 'the volume' })
